#!/bin/bash
# watching.sh [XSAUDIT]: how fast `xsaudit watch` is, what it costs and what others wait for it, with
# both daemons and played domains; see watching.cc for the parts.
# Without XSAUDIT, the program is built for it in build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset release >/dev/null
cmake --build --preset release --target watching generate_store xsaudit >/dev/null
program=${1:-build/release/src/cli/xsaudit}
bench=build/release/tests/bench/watching
stores=$(mktemp -d)
trap 'rm -r "$stores"' EXIT
for domains in 100 1000; do
  build/release/tests/generate_store --domains "$domains" >"$stores/$domains"
done

# Each guest writes once a second, which is more than guest agents do.
"$bench" "$program" "$stores/100" latency 200 100
"$bench" "$program" "$stores/1000" latency 100 1000
for after in 1 10 100; do "$bench" "$program" "$stores/100" restored 1000 "$after"; done
for flooding in 1 50; do "$bench" "$program" "$stores/100" waits 5 "$flooding"; done
"$bench" "$program" "$stores/100" memory 3600 20
