#!/bin/bash
# licences.sh BUILD: writes to BUILD/licences the copyright file of every Debian package of which
# something is in the static program of that folder: of the archives that the linker took members from,
# and of the headers that were compiled.
set -euo pipefail
build=$(realpath "$1")
map=$build/src/cli/xsaudit.map
project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
  grep -o '^/[^(]*\.a(' "$map" | tr -d '('
  grep -o '^LOAD /.*\.o$' "$map" | cut -d' ' -f2
  ninja -C "$build" -t deps | sed -n 's|^ *\(/.*\)|\1|p'
} | sort -u | xargs -d '\n' realpath | grep -v "^$project/src/\|^$build/" | sort -u >"$work/files"

# "FILE PACKAGE FOLDER" for all files of packages. A library of another architecture is not installed,
# but unpacked below build/ by examples/static.sh, which keeps its packages.
{
  grep -H '\.\(a\|o\|h\|hh\|hpp\|tcc\)$\|/c++/' /var/lib/dpkg/info/*.list |
    sed -n 's|^/var/lib/dpkg/info/\([^.:/]*[^:/]*\)\(:[^/:]*\)\?\.list:\(.*\)|\3 \1 /|p'
  for archive in "$project"/build/*.packages/*.deb; do
    [[ -e $archive ]] || continue
    root=$(realpath "${archive%.packages/*}")
    package=$(dpkg-deb --field "$archive" Package)
    dpkg-deb --fsys-tarfile "$archive" | tar -t | sed "s|^\.\(.*\)|$root\1 $package $root|"
  done
} | sed 's|^/lib/|/usr/lib/|' >"$work/owners"  # /lib is a link to /usr/lib

awk 'NR == FNR { owner[$1] = $2 " " $3; next }
  $0 in owner { print owner[$0]; next }
  { print "licences.sh: no package has " $0 >"/dev/stderr"; failed = 1 }
  END { exit failed }' "$work/owners" "$work/files" | sort -u >"$work/packages"

rm -rf "$build/licences"
mkdir "$build/licences"
while read -r package root; do
  # Its headers have the numbers of system calls, and no code.
  [[ $package != linux-libc-dev* ]] || continue
  cp --dereference "$root/usr/share/doc/$package/copyright" "$build/licences/$package"
done <"$work/packages"
[[ -n $(ls "$build/licences") ]]
