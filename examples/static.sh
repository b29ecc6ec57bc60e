#!/bin/bash
# static.sh [x86_64|aarch64]…: builds the program as one file that needs nothing of its host, for this
# machine's architecture unless others are named, on Debian 12; installs missing packages when run as
# root. The files are build/static-ARCHITECTURE/xsaudit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. examples/packages.sh

# Of the libraries that libarchive.a needs; its package does not depend on them.
archive_packages=(libbz2-dev liblzma-dev nettle-dev)

# Where libraries of another architecture are unpacked: not all of their packages can be installed
# beside those of this one (libxen-dev has no Multi-Arch field).
unpack_libraries() { # unpack_libraries ARCHITECTURE FOLDER
  local root=$2 lists=$2.lists packages=(
    libarchive-dev "${archive_packages[@]}" libxen-dev libseccomp-dev libre2-dev libyaml-cpp-dev libzstd-dev zlib1g-dev
    libcli11-dev libfmt-dev libfmt9 nlohmann-json3-dev catch2 librapidcheck-dev
  )
  [[ ! -e $root.complete ]] || return 0
  rm -rf "$root" "$lists" "$root.packages"
  mkdir -p "$root" "$lists/partial" "$root.packages/partial"
  local apt=(apt-get -qq -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State::Lists=$lists"
    -o Dir::State::status=/dev/null -o "Dir::Cache=$root.packages" -o Debug::NoLocking=1 -o APT::Sandbox::User=root
    -o Acquire::Retries=3)
  "${apt[@]}" update
  (cd "$root.packages" && "${apt[@]}" download "${packages[@]}")
  local package
  for package in "$root.packages"/*.deb; do dpkg-deb --extract "$package" "$root"; done
  touch "$root.complete"
}

build() { # build ARCHITECTURE [CMAKE ARGUMENT…]
  local folder=build/static-$1
  shift
  cmake --preset static -B "$folder" -DBUILD_TESTING=OFF "$@" >/dev/null
  cmake --build "$folder" --target xsaudit
  cp "$folder/src/cli/xsaudit" "$folder/xsaudit"
  ls -l "$folder/xsaudit"
}

here=$(uname -m)
install_missing "${build_packages[@]}" "${archive_packages[@]}"
for architecture in "${@:-$here}"; do
  echo "== $architecture"
  if [[ $architecture == "$here" ]]; then
    build "$architecture"
  elif [[ $architecture == aarch64 ]]; then
    install_missing g++-aarch64-linux-gnu qemu-user-static
    unpack_libraries arm64 "$PWD/build/arm64"
    build aarch64 -DCMAKE_TOOLCHAIN_FILE="$PWD/examples/aarch64.cmake" -DXSAUDIT_LIBRARIES="$PWD/build/arm64"
  else
    echo "static.sh: no compiler for $architecture is known here" >&2
    exit 1
  fi
done
