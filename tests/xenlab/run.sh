#!/bin/bash
# run.sh LAB XSAUDIT [RESULTS]: the static program in a real dom0. It must have nothing to say of a
# live store with a healthy guest, and find the link that the guest then forges from inside; a watch must
# report it although the guest puts it back within a second, and an audit of its recording find it.
#
# LAB is a folder with run-xenlab.sh, which boots Xen, a dom0 and guests in an emulator: given a
# folder with a run.sh, it runs that in dom0 as root, where the folder is /lab/in, and leaves in
# another folder what was written to $OUT. SUITES and STORES choose what is booted. Not part of
# ../run.sh: a boot takes a minute and a lab.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh" dom0 "$@"
mkdir "$work/guest"
cc -static -Wall -Wextra -Werror -o "$work/guest/write_for_a_moment" "$here/dom0/write_for_a_moment.c"
lasted() { # lasted LINES: the microseconds for which the watch saw the forged link
  grep -E '"type":"(gone|passed)"' "$1" | grep '"rule":"frontend-link-forged"' |
    sed 's/.*"lasted_microseconds":\([0-9]*\).*/\1/'
}
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
    expect 'the watch: one forged link, there for less than a second' test "$(lasted "$out/watch.jsonl")" -lt 1000000
    expect 'the watch: exit status 0' grep -qx 0 "$out/watch.status"
    expect 'put back: exit status 0' grep -qx 0 "$out/put-back.status"
    expect 'the recording: exit status 0' grep -qx 0 "$out/history.status"
    expect 'the recording: two writes' test "$(grep -c '^  [^ ]*  changed .*/0/backend' "$out/history")" = 2
    for moment in before put-back; do
      expect "the recording, $moment: exit status 0" grep -qx 0 "$out/recorded-$moment.status"
      expect "the recording, $moment: silent" test ! -s "$out/recorded-$moment.report"
    done
    expect 'the recording: exit status 1' grep -qx 1 "$out/recorded-forged.status"
    expect 'the recording: the finding' forged "$out/recorded-forged.report"
    for step in watch put-back history recorded-before recorded-forged recorded-put-back healthy healthy-device forged forged-device snapshot; do
      expect "$step: nothing on standard error" test ! -s "$out/$step.errors"
    done
    expect 'the listing is that of xenstore-ls' cmp "$out/ls" "$out/xenstore-ls"
    sed 's/^/  /' "$out/forged.report" "$out/history"
    grep -h -o 'between the writes: .*' "$out/run.log" || true
  done
done
echo "results are in $results"
exit "$failed"
