#!/bin/bash
# build.sh [deb|x86_64|aarch64]…: makes packages, on Debian 12: the .deb of the dynamically linked
# program; the .rpm and the archive of the static one for each architecture. By default those for this
# machine. They are in build/packages. The same source gives the same bytes in any folder, at any time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 022
. examples/packages.sh
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export LC_ALL=C.UTF-8 TZ=UTC
result=$PWD/build/packages

# CPack packs the files in the order in which the file system lists them.
sort_files() { # sort_files PACKAGE
  local folder
  folder=$(mktemp -d)
  case $1 in
    *.deb)
      dpkg-deb --raw-extract "$1" "$folder"
      dpkg-deb --root-owner-group -Zxz --build "$folder" "$1" >/dev/null
      ;;
    *.tar.gz)
      tar -C "$folder" -xzf "$1"
      tar -C "$folder" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
        -c "$(ls "$folder")" | gzip -9n >"$1"
      ;;
  esac
  rm -rf "$folder"
}

pack() { # pack BUILD: the packages of a configured folder
  rm -rf "$1/manual" "$1/package"  # the pages have the date
  cmake --build "$1"
  [[ ! -e $1/src/cli/xsaudit.map ]] || packages/licences.sh "$1"
  cpack --config "$1/CPackConfig.cmake" -B "$1/package"
  mkdir -p "$result"
  local package
  for package in "$1"/package/*.{deb,rpm,tar.gz}; do
    sort_files "$package"
    mv "$package" "$result"
  done
}

shopt -s nullglob
install_missing "${build_packages[@]}" dpkg-dev
(($# > 0)) || set -- deb "$(uname -m)"
for kind in "$@"; do
  echo "== $kind"
  if [[ $kind == deb ]]; then
    cmake --preset package >/dev/null
    pack build/package
  else
    install_missing rpm
    examples/static.sh "$kind"
    cmake -B "build/static-$kind" -DCMAKE_INSTALL_PREFIX=/usr >/dev/null
    pack "build/static-$kind"
  fi
done
cd "$result"
sha256sum -- *.deb *.rpm *.tar.gz >SHA256SUMS
ls -l
