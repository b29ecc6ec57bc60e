#!/usr/bin/env bash
# An audit of the live store as root refuses files that decide what the program does where another
# user may write them: trusted_files.sh PROGRAM. There is no daemon here: what is not refused ends
# with that. An audit of a recording refuses none. Skipped (77) where it cannot be root.
set -euo pipefail
program=$(realpath "$1")
common=$(realpath "$(dirname "$0")/common")
if [ "$(id -u)" != 0 ]; then
  echo "skipped: only root is careful" >&2
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp -r "$common/." "$work"
cd "$work"
chown -R 0:0 .
chmod -R go-w .
printf 'quiet: true\n' >config.yaml
printf 'suppressions:\n' >suppress.yaml
mkdir open && cp config.yaml open
"$program" audit --rules rules --write-baseline known.json healthy.txt >/dev/null

export XENSTORED_RUNDIR=$work/no-daemon
audit() { "$program" audit --lock none --rules rules "$@" >out 2>&1; }
accepted() {
  audit "$@" || true
  grep -q 'cannot connect to xenstored' out || { echo "refused: $*"; cat out; exit 1; }
}
refused() {
  local words=$1 status=0
  shift
  audit "$@" || status=$?
  if [ $status != 2 ] || ! grep -qF -- "$words" out; then
    echo "not refused with '$words': $*: status $status"
    cat out
    exit 1
  fi
}

for option in "--config config.yaml" "--suppress suppress.yaml" "--baseline known.json"; do
  file=${option#* }
  accepted $option
  chmod g+w "$file"
  refused "$file: can be written by its group" $option
  refused "chown root and chmod go-w, or xsaudit audit --trust-files" $option
  accepted $option --trust-files
  "$program" audit --rules rules $option healthy.txt >out 2>&1 || { echo "refused: $option"; cat out; exit 1; }
  chmod g-w,o+w "$file"
  refused "$file: can be written by every user" $option
  chmod o-w "$file"
  chown 12345 "$file"
  refused "$file: belongs to user 12345" $option
  chown 0 "$file"
  accepted $option
done

# A directory on the way, by whichever way.
accepted --config open/config.yaml
chmod o+w open
refused "/open on the way to it can be written by every user" --config open/config.yaml
refused "/open on the way to it can be written by every user" --config "$work/open/../open/./config.yaml"
refused "/open on the way to it can be written by every user" --config open/../config.yaml
ln -s open/config.yaml link.yaml
refused "/open on the way to it can be written by every user" --config link.yaml
chmod o-w open
accepted --config link.yaml
chmod 1777 open
accepted --config open/config.yaml
chmod 755 open
chown -h 12345 link.yaml
refused "link.yaml: belongs to user 12345" --config link.yaml
ln -sfn loop loop
refused "loop: cannot be read: Too many levels of symbolic links" --config loop

# Directories of rules and of the schema, and each file in them.
mkdir mine && sed 's/open-to-all/mine/' rules/open-to-all.yaml >mine/mine.yaml
accepted --add-rules mine
chmod o+w mine/mine.yaml
refused "mine/mine.yaml: can be written by every user" --add-rules mine
chmod o-w mine/mine.yaml
chmod o+w mine
refused "mine: can be written by every user" --add-rules mine
refused "mine: can be written by every user" --schema mine
if "$program" audit --lock none --rules mine >out 2>&1 ||
  ! grep -q '^xsaudit: mine: can be written by every user' out; then
  cat out
  exit 1
fi

# A recording decides nothing, and neither do files of others about it, as in a container of a CI
# server: a checkout of another user, umask 0.
chmod -R a+w . && chown -R 12345 .
"$program" audit --rules rules --add-rules mine --config config.yaml --suppress suppress.yaml \
  --baseline known.json healthy.txt >out 2>&1 || { cat out; exit 1; }
echo "files that others may write are refused"
