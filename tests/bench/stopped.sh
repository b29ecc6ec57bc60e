#!/bin/bash
# stopped.sh [XSAUDIT…]: how long a guest and the toolstack wait for one write, at the most, beside
# an audit of the live store that is stopped (SIGTSTP, at its requests, a second each) or has
# the lowest priority beside three programs that compute; with both daemons, which need no
# hypervisor. What they wait without an audit comes first. The audit goes
# on before it is said how long: "> 5 s" had no answer 5 s later.
# Without XSAUDIT, the program is built for it in build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset release >/dev/null
cmake --build --preset release --target stopped xsaudit >/dev/null
(($# > 0)) || set -- build/release/src/cli/xsaudit
build/release/tests/bench/stopped "$@"
