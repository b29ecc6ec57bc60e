#!/bin/bash
# debian_root.sh ROOT PACKAGE.deb: installs the package with apt in a Debian root of its own, tries its
# manual, its completion in real shells and its timer under a real systemd, and removes it without a
# trace. ROOT: made by debootstrap, with man-db, bash-completion, zsh, fish, python3-minimal and
# systemd-sysv. As root. Without systemd-nspawn, or where it cannot start systemd, the timer is left out.
set -euo pipefail
root=$(realpath "$1")
package=$(realpath "$2")
project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
fail() { echo "$*" >&2; exit 1; }
work=$(mktemp -d)
mounted=()
trap 'for place in "${mounted[@]}"; do umount "$place"; done; rm -rf "$work"' EXIT
for place in proc dev dev/pts; do mount --bind "/$place" "$root/$place" && mounted=("$root/$place" "${mounted[@]}"); done
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
files() { (cd "$root" && find . -path ./proc -prune -o -path ./dev -prune -o -path './var/lib/dpkg/*' -prune -o \
  -path './var/lib/apt/*' -prune -o -path './var/cache/*' -prune -o -path './var/log/*' -prune -o -path './tmp/*' -prune -o -path './var/tmp/*' -prune -o -print) | sort; }

cp /etc/resolv.conf "$root/etc/resolv.conf"
inside apt-get -qq update
cp "$package" "$root/tmp/xsaudit.deb"
# What it depends on stays behind; here it is there before.
inside apt-get -qq install --yes --no-install-recommends $(dpkg-deb --field "$package" Depends | sed 's/([^)]*)//g; s/,/ /g') >/dev/null
files >"$work/before"
echo '== installed by apt'
inside apt-get -qq install --yes --no-install-recommends /tmp/xsaudit.deb
inside xsaudit --version
inside xsaudit rules check
inside sh -c 'xsaudit audit /usr/share/doc/xsaudit/examples/forged-frontend-link.txt >/tmp/report 2>&1' && fail 'no finding' ||
  grep -q frontend-link-forged "$root/tmp/report" || fail "$(cat "$root/tmp/report")"

echo '== man'
for page in xsaudit xsaudit-audit xsaudit-rules.1 xsaudit-rules.5 xsaudit-schema.5; do
  inside env MANPAGER=cat MANWIDTH=80 man "$page" >"$work/page" 2>"$work/errors" || fail "man $page: $(cat "$work/errors")"
  grep -q 'XSAUDIT' "$work/page" && [ ! -s "$work/errors" ] || fail "man $page: $(cat "$work/errors")"
done
inside env MANPAGER=cat man xsaudit-audit | grep -q -- '--fail-on' || fail 'no option in the page'

echo '== completion, as the package installed it'
mkdir -p "$root/tmp/test"
cp "$project/tests/completion/shell_test.py" "$root/tmp/test"
for shell in bash zsh fish; do
  inside python3 /tmp/test/shell_test.py "$shell" /usr/bin/xsaudit installed
  echo "$shell: passed"
done
rm -rf "$root/tmp/test"

echo '== systemd'
[ -z "$(find "$root/etc/systemd" -name 'xsaudit*')" ] || fail 'the timer is enabled'
if command -v systemd-nspawn >/dev/null && command -v systemd-run >/dev/null; then
  # /tmp is another one there. A socket makes the condition of the service true; nothing answers there, so the audit fails, and says so.
  mkdir -p "$root/etc/systemd/system/xsaudit.timer.d"
  printf '[Timer]\nOnCalendar=*:*:0/2\nRandomizedDelaySec=0\n' >"$root/etc/systemd/system/xsaudit.timer.d/soon.conf"
  cat >"$root/root/try-timer" <<'END'
#!/bin/sh
exec >/root/timer.txt 2>&1
mkdir -p /run/xenstored
python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind("/run/xenstored/socket")'
systemctl is-enabled xsaudit.timer
systemctl enable --now xsaudit.timer
for i in $(seq 200); do
  journalctl --unit xsaudit.service --output cat 2>/dev/null | grep -q 'live store' && break
  sleep 0.5
done
journalctl --unit xsaudit.service --output cat
systemctl show --property Result,ExecMainStatus xsaudit.service
systemctl disable --now xsaudit.timer
echo finished
systemctl poweroff
END
  chmod 755 "$root/root/try-timer"
  printf '[Unit]\nDescription=x\n[Service]\nExecStart=/root/try-timer\n' >"$root/etc/systemd/system/try-timer.service"
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -sf ../try-timer.service "$root/etc/systemd/system/multi-user.target.wants/"
  for place in "${mounted[@]}"; do umount "$place"; done
  mounted=()
  timeout 600 systemd-nspawn --quiet --directory "$root" --register=no --keep-unit --boot </dev/null >"$work/boot" 2>&1 || true
  rm -rf "$root/etc/systemd/system/"{try-timer.service,multi-user.target.wants/try-timer.service,xsaudit.timer.d}
  for place in proc dev dev/pts; do mount --bind "/$place" "$root/$place" && mounted=("$root/$place" "${mounted[@]}"); done
  if grep -q finished "$root/root/timer.txt" 2>/dev/null; then
    cat "$root/root/timer.txt"
    grep -q '^disabled' "$root/root/timer.txt" || fail 'the timer was enabled'
    grep -q 'live store' "$root/root/timer.txt" || fail 'the timer started no audit'
  else
    echo "left out: systemd does not start here: $(tail -3 "$work/boot")"
  fi
else
  echo 'left out: systemd-nspawn is not installed'
fi

echo '== removed and purged'
echo '# mine' >>"$root/etc/xsaudit/config.yaml"
inside apt-get -qq remove --yes xsaudit >/dev/null 2>&1
grep -q '^# mine' "$root/etc/xsaudit/config.yaml" || fail 'the configuration is gone'
inside apt-get -qq purge --yes xsaudit >/dev/null 2>&1
rm -rf "$root"/tmp/* "$root"/root/*
files >"$work/after"
# A first boot leaves files of its own, which are not about the package.
left=$(comm -13 "$work/before" "$work/after" | grep -i xsaudit || true)
[ -z "$left" ] || fail "left behind: $left"
! grep -rli xsaudit "$root/var/lib/dpkg/status" "$root/var/lib/systemd" "$root/etc" >&2 || fail 'a trace is left'
echo 'no trace is left'
