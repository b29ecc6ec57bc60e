#!/bin/bash
# run.sh [XSAUDIT]: what an audit costs, for stores of 10,000 to 1,000,000 nodes and for a tiny one.
# Without XSAUDIT, the program is built for it in build/release. Each figure is the best of several
# runs; mawk counting fields in the same file is the yardstick, which uses one core. Run it on a
# machine that is idle.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset release >/dev/null
cmake --build --preset release --target generate_store measure xsaudit >/dev/null
xsaudit=${1:-build/release/src/cli/xsaudit}
generate=build/release/tests/generate_store
measure=build/release/tests/bench/measure

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# cost NAME DOMAINS DATA OPTION…: one line of the table, for a store that generate_store makes.
cost() {
  local name=$1 nodes yardstick audit one
  shift
  "$generate" "$@" >"$scratch/store" 2>/dev/null
  nodes=$(wc -l <"$scratch/store")
  yardstick=$("$measure" 5 mawk '{n[NF]++} END{print n[4]}' "$scratch/store")
  audit=$("$measure" 3 "$xsaudit" audit "$scratch/store")
  one=$("$measure" 3 taskset -c 0 "$xsaudit" audit "$scratch/store")
  awk -v name="$name" -v nodes="$nodes" -v yardstick="$yardstick" -v audit="$audit" \
    -v one="$one" 'BEGIN {
    split(yardstick, y); split(audit, a); split(one, o)
    printf "%-14s %9d %8.3f %8.3f %6.1f %8.3f %6.1f %8.2f %10.1f\n", name, nodes, y[1], a[1],
           a[1] / y[1], o[1], o[1] / y[1], a[1] * 1e6 / nodes, a[3] * 1024 / nodes
  }'
}

printf '%-14s %9s %8s %8s %6s %8s %6s %8s %10s\n' store nodes 'mawk s' 'audit s' ratio '1 core s' ratio \
  'us/node' 'bytes/node'
cost 'healthy' --domains 10 --data 813
cost 'healthy' --domains 100 --data 813
cost 'healthy' --domains 1000 --data 813
cost '100 faults' --domains 1000 --data 813 --faults 100
# Long values make up a hostile store, so it is compared with a healthy one of as many bytes, which
# has four times as many nodes.
cost '3 MB healthy' --domains 43 --data 813
cost '3 MB hostile' --domains 10 --data 813 --hostile
cost '30 MB healthy' --domains 427 --data 813
cost '30 MB hostile' --domains 100 --data 813 --hostile
echo 'wanted for a healthy store of 1,000,000 nodes: ratio at most 6 on two cores and 9 on one, at most'
echo '90 bytes a node; for a hostile store at most twice the seconds of a healthy one of as many bytes'

head -10 tests/generate_store.template.txt >"$scratch/store"
audit=$("$measure" 20 "$xsaudit" audit "$scratch/store")
client=$("$measure" 20 xenstore-ls --help)
awk -v audit="$audit" -v client="$client" 'BEGIN {
  split(audit, a); split(client, c)
  printf "\nstart-up, ten lines: %.1f ms, %.1f MiB; xenstore-ls --help: %.1f ms; wanted: under 50 ms\n",
         a[1] * 1000, a[3] / 1024, c[1] * 1000
}'
