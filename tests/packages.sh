#!/bin/bash
# packages.sh FOLDER [OTHER]: the packages in FOLDER, made by packages/build.sh, are whole, declare what
# they need, and can be installed and removed in a root of their own. OTHER: a folder with those of
# another build, which must have the same bytes. As root. What is missing for a check is named.
set -euo pipefail
folder=$(realpath "$1")
readme=$(realpath "$(dirname "$0")/../README.md")
other=${2:+$(realpath "$2")}
fail() { echo "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null || { echo "left out: $1 is not installed" && false; }; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shopt -s nullglob
cd "$folder"
sha256sum --quiet --check SHA256SUMS

contents() { # contents LIST: the files of a package, one a line without the first slash
  local name command
  for name in usr/bin/xsaudit usr/lib/systemd/system/xsaudit{.service,.timer,-watch.service} \
    usr/share/bash-completion/completions/xsaudit usr/share/fish/vendor_completions.d/xsaudit.fish \
    usr/share/man/man1/xsaudit.1.gz usr/share/man/man1/xsaudit-audit.1.gz usr/share/man/man5/xsaudit-{rules,schema}.5.gz \
    usr/share/xsaudit/rules/frontend-link-forged.yaml usr/share/xsaudit/schema/devices.yaml \
    usr/share/xsaudit/result.schema.json \
    usr/share/doc/xsaudit/{README.md,changelog.gz,examples/xsaudit.cron,examples/suppress.yaml,examples/nagios/xsaudit.cfg,examples/incident/yesterday.txt,examples/ci/gitlab-ci.yml}; do
    grep -qx "$name" "$1" || fail "no $name"
  done
  grep -qx 'usr/share/zsh/\(vendor-completions\|site-functions\)/_xsaudit' "$1" || fail 'no completion for zsh'
  # The timer runs only if the administrator enables it, and nothing else starts an audit.
  ! grep 'wants/\|^etc/cron\|^etc/init.d' "$1" >&2 || fail 'something is enabled'
}

settings() { # settings ROOT: the units run the installed program
  grep -q '^ExecStart=/usr/bin/xsaudit audit ' "$1/usr/lib/systemd/system/xsaudit.service" || fail 'ExecStart'
  ! grep -r '/usr/local/bin/xsaudit' "$1/usr/lib" "$1/usr/share" >&2 || fail 'names a place where it is not'
}

configuration() { # configuration ROOT: it decides nothing
  ! grep -v '^#' "$1/etc/xsaudit/config.yaml" >&2 || fail 'the configuration is not all comments'
  grep -q '^#fail-on: ' "$1/etc/xsaudit/config.yaml" || fail 'no example in the configuration'
}

machine() { readelf --file-header "$1" | sed -n 's/^ *Machine: *//p'; }

for package in *.deb; do
  echo "== $package"
  dpkg-deb --extract "$package" "$work/deb"
  (cd "$work/deb" && find . -type f | cut -c3-) >"$work/list"
  contents "$work/list"
  settings "$work/deb"
  configuration "$work/deb"
  grep -qx 'usr/share/doc/xsaudit/\(copyright\)' "$work/list" || fail 'no copyright'
  [ "$(dpkg-deb --info "$package" conffiles)" = /etc/xsaudit/config.yaml ] || fail 'conffiles'
  case $(dpkg-deb --field "$package" Architecture) in
    amd64) [ "$(machine "$work/deb/usr/bin/xsaudit")" = 'Advanced Micro Devices X86-64' ] ;;
    arm64) [ "$(machine "$work/deb/usr/bin/xsaudit")" = AArch64 ] ;;
    *) false ;;
  esac || fail 'architecture'
  dpkg-deb --field "$package" Depends | grep -q 'libc6 .*libxenstore4' || fail 'does not depend on its libraries'
  ! have lintian || lintian --allow-root --fail-on error,warning "$package"
done

for archive in *.tar.gz; do
  echo "== $archive"
  [ -z "$(tar --numeric-owner -tvzf "$archive" | awk '$2 != "0/0"')" ] || fail 'files of another user'
  mkdir "$work/tar"
  tar --strip-components=1 -C "$work/tar" -xzf "$archive"
  (cd "$work/tar" && find . -type f | cut -c3-) >"$work/list"
  contents "$work/list"
  settings "$work/tar"
  ! grep '^etc/' "$work/list" >&2 || fail 'would replace a configuration'
  ! readelf --dynamic "$work/tar/usr/bin/xsaudit" | grep NEEDED >&2 || fail 'needs libraries'
  for library in 'libc6' libstdc++ libseccomp libxen libre2 libyaml-cpp libzstd nlohmann-json3 libcli11; do
    grep -q "^usr/share/doc/xsaudit/licences/$library.*" "$work/list" || fail "no licence of $library"
  done
  grep -qx 'usr/share/doc/xsaudit/LICENSE' "$work/list" || fail 'no licence'
  rm -rf "$work/tar"
done

for package in *.rpm; do
  echo "== $package"
  have rpm || continue
  query() { rpm --query --package "$@" "$package"; }
  query --list | cut -c2- >"$work/list"
  contents "$work/list"
  # rpm 4.11 of XCP-ng and XenServer knows these features, and gzip.
  ! query --requires | grep -v '^rpmlib(\(CompressedFileNames\|FileDigests\|PayloadFilesHavePrefix\)) <= \|^config(' >&2 ||
    fail 'depends on something'
  [ "$(query --queryformat '%{PAYLOADCOMPRESSOR} %{PAYLOADFORMAT}')" = 'gzip cpio' ] || fail 'payload'
  [ "$(query --queryformat '%{FILEDIGESTALGO} ')" = '8 ' ] || fail 'digests'
  [ -z "$(query --scripts)" ] || fail 'runs something'
  [ "$(query --configfiles)" = /etc/xsaudit/config.yaml ] || fail 'configuration'
  # Folders of other packages are not its own.
  ! query --list | grep -x '/\(usr\|etc\|usr/[a-z0-9]*\|usr/share/[a-z]*\|usr/share/man/man[0-9]\|usr/lib/systemd.*\)' |
    grep -v '/usr/share/xsaudit\|xsaudit\(-[a-z]*\)\?\.\(service\|timer\)$' >&2 || fail 'owns folders of others'
  root=$work/root
  mkdir -p "$root"
  rpm --root "$root" --initdb
  rpm=(rpm --root "$root")
  [ "$(query --queryformat '%{ARCH}')" = "$(uname -m)" ] || rpm+=(--ignorearch)
  "${rpm[@]}" --install --nodeps "$package" 2>&1 | grep -v '^warning: .*NOKEY' >&2 || true
  "${rpm[@]}" --verify xsaudit || fail 'not as it was packed'
  settings "$root"
  configuration "$root"
  case $(query --queryformat '%{ARCH}') in
    x86_64) [ "$(machine "$root/usr/bin/xsaudit")" = 'Advanced Micro Devices X86-64' ] ;;
    aarch64) [ "$(machine "$root/usr/bin/xsaudit")" = AArch64 ] ;;
    *) false ;;
  esac || fail 'architecture'
  [ "$(query --queryformat '%{ARCH}')" != "$(uname -m)" ] || chroot "$root" /usr/bin/xsaudit rules check
  # What the administrator wrote stays at an update and at the end.
  "${rpm[@]}" --erase xsaudit
  [ -z "$(find "$root" -name '*xsaudit*')" ] || fail "left: $(find "$root" -name '*xsaudit*')"
  rm -rf "$root"
done

# The commands of README.md name these files.
for file in $(sed -n '/^## Install/,/^## Quick/p' "$readme" | grep -o 'xsaudit[-_][0-9][a-z0-9._-]*' | sort -u); do
  case $file in
    *aarch64*) [ -e "$folder/$file" ] || echo "left out: $file was not made" ;;
    *) [ -e "$folder/$file" ] || fail "README.md names $file" ;;
  esac
done

if [ -n "$other" ]; then
  for file in *; do cmp "$file" "$other/$file"; done
  [ "$(ls)" = "$(ls "$other")" ] || fail 'not the same packages'
  echo 'both builds have the same bytes'
fi
ls -l
echo 'the packages are as they should be'
