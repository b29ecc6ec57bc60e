#!/usr/bin/env bash
# Runs one case of the command line: run_case.sh PROGRAM CASE.txt
#
# A case is a text file: a sentence on what it shows, then sections that begin with "=== NAME".
#   === run        what the shell runs, in a copy of the folder common; the program is called xsaudit,
#                  and $EXAMPLES is the project's folder of that name
#   === file NAME  a file that is there before
#   === exit       the expected exit status; 0 where it is not given
#   === stdout, === stderr  what is expected there, byte for byte; nothing where it is not given
# With XSAUDIT_UPDATE=1 the actual output replaces the expectations. Check each change before you
# commit it: a case states what the program must do, not what it does.
set -euo pipefail
umask 022  # as root the program refuses files that others may write
program=$(realpath "$1")
case_file=$(realpath "$2")
examples=$(realpath "$(dirname "$0")/../../examples")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/expected" "$work/actual"
cp -r "$(dirname "$0")/common" "$work/here"
ln -s "$program" "$work/bin/xsaudit"
printf '0\n' >"$work/expected/exit"
: >"$work/expected/stdout"
: >"$work/expected/stderr"

awk -v work="$work" '
  /^=== file [A-Za-z0-9._-]+$/    { out = work "/here/" $3; printf "" >out; next }
  /^=== (exit|stdout|stderr)$/    { out = work "/expected/" $2; printf "" >out; next }
  /^=== run$/                     { out = work "/run"; next }
  /^===/                          { print "unknown section: " $0 >"/dev/stderr"; exit 1 }
  out != ""                       { print >out }
' "$case_file"

status=0
(
  cd "$work/here"
  exec env -i PATH="$work/bin:$PATH" HOME="$work" TERM=xterm LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1800000000 \
    EXAMPLES="$examples" sh "$work/run"
) >"$work/actual/stdout" 2>"$work/actual/stderr" </dev/null || status=$?
echo "$status" >"$work/actual/exit"
# An emulator has no filter of system calls to confine the program with, which the program says.
if [ -n "${XSAUDIT_EMULATED:-}" ]; then
  sed -i '/^xsaudit: not confined: /d' "$work/actual/stdout" "$work/actual/stderr"
fi

if [ "${XSAUDIT_UPDATE:-}" = 1 ]; then
  {
    awk '/^===/ { keep = !/^=== (exit|stdout|stderr)$/; begun = 1 } keep || !begun' "$case_file"
    [ "$status" = 0 ] || printf '=== exit\n%s\n' "$status"
    for stream in stdout stderr; do
      [ ! -s "$work/actual/$stream" ] || { echo "=== $stream"; cat "$work/actual/$stream"; }
    done
  } >"$work/updated"
  cat "$work/updated" >"$case_file"
  exit 0
fi
cd "$work"
diff -ru expected actual
