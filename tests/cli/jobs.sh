#!/bin/bash
# jobs.sh XSAUDIT GENERATE_STORE RECORDING…: the same bytes come out for any number of threads, of one
# recording at a time, of all together, and of generated stores with faults and with hostile guests.
set -euo pipefail
export SOURCE_DATE_EPOCH=1800000000  # reports contain the time of the audit
xsaudit=$1 generate=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$generate" --domains 3 >"$scratch/healthy.txt" 2>/dev/null
"$generate" --domains 10 --faults 10 >"$scratch/faults.txt" 2>/dev/null
"$generate" --domains 10 --data 200 --hostile >"$scratch/hostile.txt" 2>/dev/null

# same NAME RECORDING…: text and JSON with 1, 2 and 8 threads.
same() {
  local name=$1 jobs
  shift
  for jobs in 1 2 8; do
    "$xsaudit" audit --config none --suppress none --jobs "$jobs" \
      --report "json=$scratch/json.$jobs" "$@" >"$scratch/text.$jobs" 2>&1 || true
  done
  [ -s "$scratch/json.1" ] || { echo "$name: no result"; exit 1; }
  for jobs in 2 8; do
    cmp "$scratch/text.1" "$scratch/text.$jobs" || { echo "$name: --jobs $jobs"; exit 1; }
    cmp "$scratch/json.1" "$scratch/json.$jobs" || { echo "$name: --jobs $jobs"; exit 1; }
  done
  rm -f "$scratch"/json.* "$scratch"/text.*
}

for recording in "$@" "$scratch"/{healthy,faults,hostile}.txt; do same "$recording" "$recording"; done
same 'all at once' "$@" "$scratch"/{healthy,faults,hostile}.txt
