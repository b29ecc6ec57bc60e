#!/bin/bash
# run.sh LAB XSAUDIT [RESULTS]: the static program in a real dom0. It must have nothing to say of a
# live store with a healthy guest, and find the link that the guest then forges from inside; a watch must
# report it although the guest puts it back within a second.
#
# LAB is a folder with run-xenlab.sh, which boots Xen, a dom0 and guests in an emulator: given a
# folder with a run.sh, it runs that in dom0 as root, where the folder is /lab/in, and leaves in
# another folder what was written to $OUT. SUITES and STORES choose what is booted. Not part of
# ../run.sh: a boot takes a minute and a lab.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh" dom0 "$@"
forged() { # forged REPORT: the one finding is the forged link
  grep -q '\[frontend-link-forged\]' "$1" && [ "$(grep -c '^  [A-Z]* .*\[.*\]$' "$1")" = 1 ]
}

for suite in ${SUITES:-bookworm trixie}; do
  for store in ${STORES:-c ocaml}; do
    out=$results/$suite-$store
    mkdir -p "$out"
    echo "== $suite, $store"
    SUITE=$suite STORE=$store "$lab/run-xenlab.sh" "$work" "$out" >"$out/lab.txt" 2>&1 ||
      { tail -5 "$out/lab.txt"; failed=1; continue; }
    for way in '' -device; do
      expect "healthy$way: exit status 0" grep -qx 0 "$out/healthy$way.status"
      expect "healthy$way: silent" test ! -s "$out/healthy$way.report"
      expect "forged$way: exit status 1" grep -qx 1 "$out/forged$way.status"
      expect "forged$way: the finding" forged "$out/forged$way.report"
    done
    expect 'the watch: the link that was forged for a moment' \
      grep -qE '"rule":"frontend-link-forged".*"type":"(new|passed)"|"type":"(new|passed)".*"rule":"frontend-link-forged"' "$out/watch.jsonl"
    expect 'the watch: exit status 0' grep -qx 0 "$out/watch.status"
    expect 'put back: exit status 0' grep -qx 0 "$out/put-back.status"
    for step in watch put-back healthy healthy-device forged forged-device snapshot; do
      expect "$step: nothing on standard error" test ! -s "$out/$step.errors"
    done
    expect 'the listing is that of xenstore-ls' cmp "$out/ls" "$out/xenstore-ls"
    sed 's/^/  /' "$out/forged.report"
  done
done
echo "results are in $results"
exit "$failed"
