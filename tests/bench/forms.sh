#!/bin/bash
# forms.sh [NODES…]: what reading a recording costs in each shape of xenstore-ls, against -fp, with
# a single rule run over it. Stores of 1,000,000 nodes unless others are asked for (in domains of
# about 1,000). Each figure is the best of three runs. Run it on a machine that is idle.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset release >/dev/null
cmake --build --preset release --target generate_store measure xsaudit >/dev/null
measure=build/release/tests/bench/measure
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# indented [1]: whole paths to names, one blank a level; with 1, padded before the permissions.
indented() {
  mawk -v padded="${1:-0}" '{
    path = $1
    depth = gsub("/", "/", path)
    name = substr($1, match($1, /[^\/]*$/))
    rest = substr($0, length($1) + 1)
    match(rest, /   \([nrwb0-9,]+\)$/)
    line = sprintf("%*s%s%s", depth - 1, "", name, substr(rest, 1, RSTART - 1))
    if (!padded) { print line; next }
    line = line " "
    while (length(line) < 60) line = line (length(line) % 2 ? "." : " ")
    print line substr(rest, RSTART + 1)
  }'
}

printf '%-16s %9s %9s %7s\n' form nodes seconds ratio
for nodes in "${@:-1000000}"; do
  build/release/tests/generate_store --domains $((nodes / 1000)) --data 813 >"$scratch/fp" 2>/dev/null
  sed -E 's/   \([nrwb0-9,]+\)$//' "$scratch/fp" >"$scratch/f"
  indented <"$scratch/fp" >"$scratch/plain"
  indented 1 <"$scratch/fp" >"$scratch/p"
  base=
  for form in fp f p plain; do
    figures=$("$measure" 3 build/release/src/cli/xsaudit audit --no-sandbox \
      --rules tests/cli/common/rules "$scratch/$form")
    seconds=${figures%% *}
    base=${base:-$seconds}
    awk -v form="$form" -v nodes="$(wc -l <"$scratch/fp")" -v s="$seconds" -v base="$base" \
      'BEGIN { printf "%-16s %9d %9.3f %7.2f\n", form, nodes, s, s / base }'
  done
done
echo 'wanted: no form more than twice what -fp takes'
