#!/bin/bash
# device-models.sh LAB XSAUDIT [RESULTS]: the portable program in a real dom0 with three HVM guests
# whose device models are confined in different ways. It must say of each what holds, live and from
# its own recording alike; run.sh beside it says what LAB is.
set -euo pipefail
lab=$(realpath "$1")
program=$(realpath "$2")
results=${3:-$(mktemp -d)}
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/device-models/run.sh" "$work"
cp "$program" "$work/xsaudit"
failed=0
expect() { # expect WHAT COMMAND…
  local what=$1
  shift
  if "$@" >/dev/null; then return; fi
  echo "  not as it should be: $what"
  failed=1
}
lines() { grep -E '^  domain [0-9]+ .*: device model' "$1"; }

for suite in ${SUITES:-bookworm trixie}; do
  out=$results/$suite
  mkdir -p "$out"
  echo "== $suite"
  SUITE=$suite "$lab/run-xenlab.sh" "$work" "$out" >"$out/lab.txt" 2>&1 ||
    { tail -5 "$out/lab.txt"; failed=1; continue; }
  for name in live offline; do
    expect "$name: nothing found" grep -qx 0 "$out/$name.status"
    expect "$name: the default" grep -q '"hplain": device model not restricted (nobody asked for it): .* user 0:' "$out/$name.report"
    expect "$name: dm_restrict" grep -q '"hrestrict": device model restricted: .* user 200002 .* /run/xen/qemu-root-2, .*: mnt and ipc' "$out/$name.report"
    expect "$name: device_model_user" grep -q '"huser": device model not restricted (only a device_model_user was asked for): .* user 150000:' "$out/$name.report"
  done
  expect 'the same offline' cmp <(lines "$out/live.report") <(lines "$out/offline.report")
  expect 'required: exit status 1' grep -qx 1 "$out/required.status"
  expect 'required: two findings' test "$(grep -c '\[device-model-unrestricted\]' "$out/required.report")" = 2
  expect 'a listing: exit status 0' grep -qx 0 "$out/listing.status"
  expect 'a listing: not evaluated' grep -q 'no processes were recorded with the store' "$out/listing.report"
  expect 'died: the finding' grep -q '\[device-model-gone\]' "$out/died.report"
  expect 'nothing on standard error' test ! -s "$out/errors"
  lines "$out/live.report" | sed 's/^/  /'
done
echo "results are in $results"
exit "$failed"
