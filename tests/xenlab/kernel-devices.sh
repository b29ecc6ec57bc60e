#!/bin/bash
# kernel-devices.sh LAB XSAUDIT [RESULTS]: the static program in a real dom0 with two guests whose
# disks and network interfaces are served by the kernel. It must be silent on a healthy store with all
# host facts, and find each change that only the kernel or Xen shows, live, and here from the recording
# made there; run.sh beside it describes LAB. SUITES and STORES choose what is booted; with
# SHORT_SCRIPTS the hotplug scripts of Xen are replaced by short ones, for a machine that is too busy for them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh" kernel-devices "$@"
mkdir "$work/guest"
cc -static -Wall -Werror -o "$work/guest/open_channel" "$here/kernel-devices/open_channel.c"
[ -z "${SHORT_SCRIPTS:-}" ] || touch "$work/short-scripts"
found() { # found REPORT RULE…: these and no other findings
  local report=$1
  shift
  [ "$(sed -n 's/^  [A-Z]* .*\[\(.*\)\]$/\1/p' "$report" | sort -u)" = "$(printf '%s\n' "$@" | sort -u)" ]
}
elsewhere() { # elsewhere NAME: what the recording shows on this machine
  local status=0
  "$program" audit --verbose "$out/$1.xs" >"$out/$1.offline" 2>>"$out/errors" || status=$?
  echo "$status" >"$out/$1.offline.status"
  "$program" devices "$out/$1.xs" >"$out/$1.devices.offline" 2>>"$out/errors" || true
}
finding() { # finding NAME RULE…: found live and from the recording
  local name=$1 way
  shift
  elsewhere "$name"
  expect "$name: the table of devices names $1" grep -q "$1" "$out/$name.devices.offline"
  for way in live offline; do
    expect "$name, $way: exit status 1" grep -qx 1 "$out/$name.$way.status"
    expect "$name, $way: $*" found "$out/$name.$way" "$@"
    expect "$name, $way: certain" sh -c "! grep -qi transient '$out/$name.$way'"
  done
}

for suite in ${SUITES:-bookworm trixie}; do
  for store in ${STORES:-c ocaml}; do
    out=$results/$suite-$store
    mkdir -p "$out"
    echo "== $suite, $store"
    SUITE=$suite STORE=$store TIMEOUT=${TIMEOUT:-1500} "$lab/run-xenlab.sh" "$work" "$out" >"$out/lab.txt" 2>&1 ||
      { tail -5 "$out/lab.txt"; failed=1; continue; }
    for name in one-guest healthy detached; do
      elsewhere "$name"
      for fact in kernel event_channels; do
        expect "$name: $fact" grep -q "\"$fact\"" "$out/$name.xs"
      done
      for way in live offline; do
        expect "$name, $way: exit status 0" grep -qx 0 "$out/$name.$way.status"
        expect "$name, $way: silent" grep -q ': clean: nothing found' "$out/$name.$way"
      done
    done
    finding mode disk-opened-writable backend-config-drift
    finding bridge vif-in-other-bridge backend-config-drift
    finding image disk-opened-by-two
    finding invented backend-not-served orphan-backend schema-permissions
    finding other-channel event-channel-elsewhere
    finding backend-id event-channel-elsewhere
    finding other-disk disk-opened-differs
    finding mounted disk-mounted-in-domain-0
    finding no-bridge vif-in-other-bridge
    finding removed frontend-without-backend backend-unknown-to-store
    expect 'no program ended by a signal' test -z "$(find "$out" -name 'core.*')"
    expect 'two guests: the live table of devices' grep -q disk-opened-by-two "$out/image.devices"
    expect 'nothing on standard error' test ! -s "$out/errors"
  done
done
echo "results are in $results"
exit "$failed"
