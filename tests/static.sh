#!/bin/bash
# static.sh PROGRAM [EMULATOR…]: a program of the preset "static" needs nothing of its host. It audits
# a recorded store in roots that hold nothing, name services of another C library, or busybox alone.
set -euo pipefail
project=$(dirname "${BASH_SOURCE[0]}")/..
program=$1
shift
fail() { echo "$*" >&2; exit 1; }

readelf --wide --dynamic "$program" | grep -q 'FLAGS_1.*PIE' || fail 'not position-independent'
! readelf --wide --dynamic "$program" | grep NEEDED >&2 || fail 'needs libraries'
! readelf --wide --program-headers "$program" | grep INTERP >&2 || fail 'needs an interpreter'
[ "$(stat -c %s "$program")" -le 8388608 ] || fail "larger than 8 MB"

# Another root, which only root or an own user namespace may have.
enter=(chroot)
[ "$(id -u)" = 0 ] || enter=(unshare --map-root-user chroot)
"${enter[@]}" / true || { echo 'skipped: no other root can be entered' && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

root() { # root NAME: an empty root with the program and a recording; for an emulator, with that, too
  mkdir -p "$work/$1"
  cp "$program" "$work/$1/xsaudit"
  cp "$project/examples/forged-frontend-link.txt" "$work/$1/store.txt"
  [ $# = 1 ] || cp "$2" "$work/$1/emulator"
}
expected=$("${@}" "$program" audit "$project/examples/forged-frontend-link.txt" 2>/dev/null | sed 's/^.*forged-frontend-link.txt/store.txt/') || true
grep -q frontend-link-forged <<<"$expected" || fail 'the recording is not audited'

audit() { # audit NAME: the same report there as here
  local status=0 report
  report=$("${enter[@]}" "$work/$1" ${2:+/emulator} /xsaudit audit store.txt 2>"$work/errors") || status=$?
  [ "$status" = 1 ] || fail "$1: exit status $status: $(cat "$work/errors")"
  [ "$report" = "$expected" ] || fail "$1: not the report that it gives elsewhere: $report"
}

root empty "$@"
audit empty "$@"
# Without /proc it cannot be confined as elsewhere, which it says. That is no line of a plugin's output.
line=$("${enter[@]}" "$work/empty" ${1:+/emulator} /xsaudit audit --format nagios store.txt 2>"$work/errors" | head -1) || true
grep -q '^xsaudit: not confined: ' "$work/errors" || fail "confined without /proc: $(cat "$work/errors")"
[[ $line == 'XSAUDIT CRITICAL - '* ]] || fail "a plugin's first line: $line"

# Name services that only a C library with modules has. A module that is loaded leaves its trace.
root services "$@"
mkdir -p "$work/services/etc" "$work/services/lib/x86_64-linux-gnu" "$work/services/usr/lib"
echo 'passwd: sss' >"$work/services/etc/nsswitch.conf"
echo 'auditor:x:4711:4711::/:/bin/false' >"$work/services/etc/passwd"
audit services "$@"
# Its user is found, and then the program is no longer root.
"${enter[@]}" "$work/services" ${1:+/emulator} /xsaudit audit --user auditor store.txt >"$work/report" 2>"$work/errors" || true
! grep -q 'no such user' "$work/errors" || fail "users: $(cat "$work/errors")"
status=0
"${enter[@]}" "$work/services" ${1:+/emulator} /xsaudit audit --user nobody store.txt >"$work/report" 2>"$work/errors" || status=$?
[ "$status" = 2 ] && grep -q 'there is no such user' "$work/errors" || fail "users: $(cat "$work/errors")"

if busybox=$(command -v busybox) && ! readelf --program-headers "$busybox" | grep -q INTERP; then
  root alpine "$@"
  mkdir "$work/alpine/bin"
  cp "$busybox" "$work/alpine/bin/busybox"
  report=$("${enter[@]}" "$work/alpine" /bin/busybox sh -c "/bin/busybox cat /store.txt | ${1:+/emulator} /xsaudit audit --quiet -" 2>"$work/errors" || true)
  grep -q frontend-link-forged <<<"$report" || fail "busybox: $report $(cat "$work/errors")"
else
  echo 'busybox is not installed, or not static: left out'
fi
echo 'the program needs nothing of its host'
