#!/bin/bash
# run.sh SECONDS [TARGET…]: fuzzes each target (or those named) for so long, with address and
# undefined-behaviour sanitizers. A target fails that crashes, leaks, takes more than a second for an
# input or more than 512 MB. What made it fail lies in build/fuzz/found/TARGET: once it is mended,
# the input belongs in tests/fuzz/corpus/TARGET, which the normal tests replay.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
targets=("${@:-}")
[[ -n ${targets[0]} ]] ||
  targets=(any xsaudit oxenstored xenstored xenstore-ls yaml schema rule expression log archive domains recorder recorded-changes)

cmake --preset fuzz >/dev/null || exit
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}" || exit

# What they can begin with beside their corpora, as in CMakeLists.txt.
declare -A seeds=(
  [any]=tests/dumps [xenstore-ls]=tests/dumps/lab-xen4.17-cxenstored
  [yaml]="schema rules" [schema]=schema [rule]=rules
)
# The sanitizer's own memory counts, too.
export ASAN_OPTIONS=quarantine_size_mb=32:malloc_context_size=8
failed=0
for target in "${targets[@]}"; do
  found=build/fuzz/found/$target
  mkdir -p "$found/corpus"
  echo "== $target"
  "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=1 -rss_limit_mb=512 \
    -max_len=65536 -artifact_prefix="$found/" -verbosity=1 -print_final_stats=1 \
    "$found/corpus" "tests/fuzz/corpus/$target" ${seeds[$target]:-} >"$found/log" 2>&1 || {
    failed=1
    echo "failed:"
    tail -40 "$found/log"
  }
  grep -E 'number_of_executed_units|peak_rss_mb|slowest_unit' "$found/log"
done
exit $failed
