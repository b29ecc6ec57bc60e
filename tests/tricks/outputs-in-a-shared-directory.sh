#!/usr/bin/env bash
# Another user of dom0 prepares a directory with the sticky bit, as /tmp is, in which root will have an
# audit write: with links to a file of root's, with a link instead of a directory, with files that
# anyone may write, with FIFOs that nothing reads from.
set -u
program=$(readlink -f "$1")
recording=$(readlink -f "$(dirname "$0")/../dumps/lab-xen4.17-cxenstored/40-healthy.fp.txt")
if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
  echo "not tried: needs root and setpriv" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
shared=$work/shared
mkdir "$shared" "$work/directory"
chmod 1777 "$shared"
echo kept >"$work/target"
setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "
  cd '$shared' && umask 0 && ln -s '$work/target' link && ln -s '$work/made' dangling && ln -s '$work/directory' directory &&
  for name in report sarif baseline log lock; do echo theirs >\$name; mkfifo \$name.fifo; done" || exit 1
umask 022
problems=0
wrong() { echo "$*"; problems=1; }

# OPTION FILE: a run that must refuse, and must not hang.
refused() {
  local option=$1 file=$2 status=0
  timeout -k 5 120 "$program" audit -q "$recording" "$option" "$file" >/dev/null 2>"$work/said" || status=$?
  case $status in
    2) ;;
    124 | 137) wrong "$option hangs at ${file##*/}" ;;
    *) wrong "$option ${file##*/}: status $status" ;;
  esac
}
for option in -o --write-baseline --log --lock; do
  for file in link dangling directory/file; do refused $option "$shared/$file"; done
done
for file in link dangling directory/file sarif.fifo; do refused --report "sarif=$shared/$file"; done
refused -o "$shared/report.fifo"
refused --write-baseline "$shared/baseline.fifo"
refused --log "$shared/log.fifo"
refused --lock "$shared/lock.fifo"
refused --log "$shared/log"
refused --lock "$shared/lock"
[ "$(cat "$work/target")" = kept ] || wrong "the file behind another user's link was changed"
[ -e "$work/made" ] && wrong "a file was made where another user's link leads"
[ -z "$(ls "$work/directory")" ] || wrong "a file was made behind another user's link to a directory"

"$program" audit -q "$recording" -o "$shared/report" --report "sarif=$shared/sarif" \
  --write-baseline "$shared/baseline" || wrong "another user's file cannot be replaced"
for file in report sarif baseline; do
  [ "$(stat -c '%u %a' "$shared/$file")" = "0 644" ] ||
    wrong "the new $file: $(stat -c 'owner %u, mode %a' "$shared/$file")"
done
[ $problems = 0 ] && echo "another user's links, files and pipes are of no use to that user"
exit $problems
