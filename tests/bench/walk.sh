#!/bin/bash
# walk.sh [XSAUDIT]: what reading a live store of 100 and of 1,000 domains costs, beside xenstore-ls
# and beside a bare walk, and what another client feels of each; with both daemons, which need no
# hypervisor. Without XSAUDIT, the program is built for it in build/release. All are run in turn, and
# the ratios are those of one round, of which the median is printed: the load of the machine changes
# from one round to the next. Both the daemon and the program want a core: run it on a machine that
# is idle. An idle processor is slow to wake, so that a client that pauses may be answered later by a
# daemon that nobody uses than by a busy one; so one that never pauses is asked as well. /vm is left
# out of the larger store: its list is longer than xenstore-ls takes from oxenstored.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset release >/dev/null
cmake --build --preset release --target generate_store walk xsaudit >/dev/null
xsaudit=$(realpath "${1:-build/release/src/cli/xsaudit}")

store=$(mktemp)
trap 'rm -f "$store"' EXIT
for domains in ${XSAUDIT_BENCH_DOMAINS:-100 1000}; do
  printf '== %s domains\n' "$domains"
  build/release/tests/generate_store --domains "$domains" 2>/dev/null |
    if ((domains < 500)); then cat; else grep -v '^/vm'; fi >"$store"
  build/release/tests/bench/walk "$xsaudit" "$store" $((domains < 500 ? 9 : 3))
done
