#!/bin/bash
# device-models.sh LAB XSAUDIT [RESULTS]: the static program in a real dom0 with three HVM guests
# whose device models are confined in different ways. It must say of each what holds, live and from
# its own recording alike, and no other than the kernel says; run.sh beside it says what LAB is.
#
# SUITES chooses what is booted: bookworm. The QEMU of trixie (10.0) does not start with dm_restrict
# ("failed to populate ram"); there only what it says of the other two can be seen.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh" device-models "$@"
# What `ps` and the like said of a guest's device model: "pid 262 users 0 0 0 0 … root / …".
kernel() { # kernel NAME MEMBER
  sed -n "s/^$1 .*\<$2 \([^ ]*\).*/\1/p" "$out/kernel"
}
says() { # says REPORT GUEST TEXT
  grep -qF "\"$2\": device model $3" "$out/$1.report"
}
found() { # found REPORT RULE: the one finding
  [ "$(sed -n 's/^  [A-Z]* .*\[\(.*\)\]$/\1/p' "$out/$1.report")" = "$2" ]
}
lines() { grep -E '^  domain [0-9]+ .*: device model' "$1"; }

for suite in ${SUITES:-bookworm}; do
  out=$results/$suite
  mkdir -p "$out"
  echo "== $suite"
  SUITE=$suite "$lab/run-xenlab.sh" "$work" "$out" >"$out/lab.txt" 2>&1 ||
    { tail -5 "$out/lab.txt"; failed=1; continue; }
  for member in 'hplain 0 0 0 0 capabilities 0*[1-9a-f]' 'hrestrict 200002 200002 200002 200002 capabilities 0* ' \
    'huser 150000 150000 150000 150000 capabilities 0* '; do
    expect "the kernel: $member" grep -q "^${member%% *} .*users ${member#* }" "$out/kernel"
  done
  for name in live offline; do
    expect "$name: nothing found" grep -qx 0 "$out/$name.status"
    expect "$name: the default" says "$name" hplain \
      "not restricted (no restriction is configured): process $(kernel hplain pid), user 0: lacks -xen-domid-restrict, runs as root, has capabilities, has no root directory of its own, has a connection to the store and has handles on all of Xen"
    expect "$name: dm_restrict" says "$name" hrestrict \
      "restricted: process $(kernel hrestrict pid) was started with -xen-domid-restrict, runs as user 200002 without capabilities in root directory $(kernel hrestrict root), with namespaces of its own: mnt and ipc, and"
    expect "$name: device_model_user" says "$name" huser \
      "not restricted (only device_model_user is configured): process $(kernel huser pid), user 150000: lacks -xen-domid-restrict, has no root directory of its own, has a connection to the store and has handles on all of Xen"
  done
  expect 'the same offline' cmp <(lines "$out/live.report") <(lines "$out/offline.report")
  expect 'required: exit status 1' grep -qx 1 "$out/required.status"
  expect 'required: two findings' test "$(grep -c '\[device-model-unrestricted\]' "$out/required.report")" = 2
  expect 'a listing: exit status 0' grep -qx 0 "$out/listing.status"
  expect 'a listing: not evaluated' grep -q 'no processes were recorded with the store' "$out/listing.report"
  expect 'died: the finding' found died device-model-gone
  expect 'reused: the finding' found reused device-model-pid-reused
  expect 'the shared user: nothing found' grep -qx 0 "$out/shared.status"
  expect 'the shared user: restricted' grep -q '"hshared": device model restricted: .* user 300000 ' "$out/shared.report"
  expect 'nothing on standard error' test ! -s "$out/errors"
  lines "$out/live.report" | sed 's/^/  /'
done
echo "results are in $results"
exit "$failed"
