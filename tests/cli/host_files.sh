#!/usr/bin/env bash
# The files of the host: /etc/xsaudit, the lock, the sockets of syslog and the journal. Plays the
# host in a mount namespace of its own: host_files.sh PROGRAM. Skipped (77) where it cannot.
set -euo pipefail
if [ "${2:-}" != inside ]; then
  if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
    echo "skipped: needs root and a mount namespace" >&2
    exit 77
  fi
  exec unshare -m "$0" "$(realpath "$1")" inside
fi
program=$1
common=$(realpath "$(dirname "$0")/common")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cp -r "$common/." "$work"
chown -R 0:0 "$work"
chmod -R go-w "$work"
mkdir "$work/etc" "$work/run" "$work/dev"
cp /etc/passwd /etc/group "$work/etc"
mkdir -p "$work/etc/xsaudit" "$work/run/systemd/journal"
mount --bind "$work/etc" /etc
mount --bind "$work/run" /run
cp -a /dev/null /dev/full /dev/zero "$work/dev"
mount --bind "$work/dev" /dev
cd "$work"

same() { [ "$1" = "$2" ] || { printf 'expected:\n%s\ngot:\n%s\n' "$2" "$1"; exit 1; }; }
status() { local status=0; "$@" >out 2>&1 || status=$?; echo $status; }

# Configuration and suppressions are found where they belong.
same "$(status "$program" audit --rules rules broken.txt)" 1
cat >/etc/xsaudit/config.yaml <<'END'
rules: rules
quiet: true
END
cat >/etc/xsaudit/suppress.yaml <<'END'
suppressions:
  - {rule: open-to-all, path: /**, reason: known, expires: 2100-03-31}
END
same "$(status "$program" audit broken.txt)" 0
same "$(cat out)" ""
same "$("$program" audit --show-config | grep '^rules:' | tr -s ' ')" "rules: rules # /etc/xsaudit/config.yaml:1:8"
same "$(status "$program" audit --suppress none broken.txt)" 1
same "$(status "$program" audit --config none --rules rules --suppress none broken.txt)" 1
chmod o+w /etc/xsaudit
same "$(status "$program" audit broken.txt)" 2
chmod o-w /etc/xsaudit

# The live store is locked, a recording is not. The directory of the lock is root's own.
same "$(status "$program" audit)" 2
same "$(stat -c '%u %a' /run/xsaudit /run/xsaudit/lock)" "0 700
0 600"
(
  flock 9
  same "$(status "$program" audit)" 2
  grep -q '^xsaudit: /run/xsaudit/lock: another audit is running' out || { cat out; exit 1; }
  same "$(status "$program" audit broken.txt)" 0
  # Another store than the host's.
  XENSTORED_PATH=/no/such/socket same "$(status "$program" audit)" 2
) 9>/run/xsaudit/lock
same "$(XENSTORED_PATH=$work/none status "$program" audit)" 2
grep -q 'another audit' out && { cat out; exit 1; }
# A directory that another user may write is no place for it, and neither is a link.
chmod 777 /run/xsaudit
same "$(status "$program" audit)" 2
grep -q '^xsaudit: /run/xsaudit: is not a directory that only root may write' out || { cat out; exit 1; }
chmod 700 /run/xsaudit
chown 65534 /run/xsaudit
same "$(status "$program" audit)" 2
grep -q '^xsaudit: /run/xsaudit: is not a directory that only root may write' out || { cat out; exit 1; }
chown 0 /run/xsaudit
mv /run/xsaudit /run/elsewhere
ln -s elsewhere /run/xsaudit
same "$(status "$program" audit)" 2
grep -q '^xsaudit: /run/xsaudit: is not a directory that only root may write' out || { cat out; exit 1; }
rm /run/xsaudit
mv /run/elsewhere /run/xsaudit

# No process listens.
same "$(status "$program" audit --log syslog broken.txt)" 2
same "$(cat out)" "xsaudit: /dev/log: cannot be connected to: No such file or directory"
same "$(status "$program" audit --log journal broken.txt)" 2

listen() { # SOCKET FILE: one datagram a line, shown as Python does
  python3 - "$1" "$2" <<'END' &
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8") as file:
    while True:
        print(ascii(server.recv(1 << 16).decode("utf-8")), file=file, flush=True)
END
  for _ in $(seq 200); do [ -S "$1" ] && return; sleep 0.05; done
  exit 1
}
wait_for() { # COUNT FILE: that many lines have come
  for _ in $(seq 200); do [ "$(wc -l <"$2")" = "$1" ] && return; sleep 0.05; done
  echo "not $1 lines in $2:"; cat "$2"; exit 1
}
printf '%s\n' '/local/domain/3/data/evil = "\x1b[2J\x0a"   (b3)' >more
sed 's/"web"/"w\\x1b]0;\\x07\\nMESSAGE=x"/' broken.txt | cat - more >evil.txt

listen /dev/log syslog.txt
same "$(status "$program" audit --suppress none --log syslog evil.txt)" 1
wait_for 3 syslog.txt
# <27>: LOG_DAEMON and LOG_ERR; <28>: LOG_WARNING.
same "$(sed -E "s/>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} xsaudit\[[0-9]+\]: event=([a-z]+) .*/> \1/" syslog.txt)" \
  "'<27> finding
'<27> finding
'<28> audit"
python3 - <<'END'
import ast
for line in open("syslog.txt", encoding="utf-8"):
    assert all(" " <= c <= "~" for c in ast.literal_eval(line)), line
END

listen /run/systemd/journal/socket journal.txt
same "$(status "$program" audit --suppress none --log journal evil.txt)" 1
wait_for 3 journal.txt
python3 - <<'END'
import ast
for line in open("journal.txt", encoding="utf-8"):
    fields = [field.split("=", 1) for field in ast.literal_eval(line).splitlines()]
    names = [name for name, _ in fields]
    assert len(set(names)) == len(names), names
    assert all(name.replace("_", "").isupper() for name in names), names
    assert dict(fields)["SYSLOG_IDENTIFIER"] == "xsaudit"
    if dict(fields)["XSAUDIT_EVENT"] == "finding":
        assert dict(fields)["XSAUDIT_RULE"] == "open-to-all"
        assert dict(fields)["XSAUDIT_NAME"] == r"w\x1b]0;\x07\nMESSAGE=x", fields
        assert dict(fields)["PRIORITY"] == "3"
END
echo "the files of the host are found, locked and written"
