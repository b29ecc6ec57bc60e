# To be sourced: the Debian 12 packages for the build, and a function that installs them.

build_packages=(
  cmake g++ ninja-build pkg-config
  libcli11-dev libfmt-dev libre2-dev libseccomp-dev libxen-dev libyaml-cpp-dev libzstd-dev nlohmann-json3-dev
  zlib1g-dev libarchive-dev
)

# install_missing PACKAGE…: installs missing packages; without root, lists them.
install_missing() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    echo "Packages are missing; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "== installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o Acquire::Retries=3 -qq update </dev/null
  apt-get -o Acquire::Retries=3 -qq install --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}
