#!/bin/bash
# run.sh [fast | PRESET…]: format, and the build and all tests of each preset (release unless others
# are named; "sanitize release" takes twice as long, "tsan" tests what has threads, "static" the file
# that needs nothing of its host). "fast": of the release preset only the tests with that label, which
# end within a minute and a half once they are built. clang-tidy takes longer than all of it and has a
# call of its own: tests/tidy.sh src. For Debian 12; installs what is missing when run as root, but
# for Chromium and Prometheus, which are large: what wants them is skipped without.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. examples/packages.sh

test_packages=(
  catch2 librapidcheck-dev
  clang-14 clang-format-14 clang-tidy-14
  bash-completion cmark-gfm fish groff-base libxml2-utils man-db mandoc python3-jsonschema zsh
  xen-utils-4.17 xenstore-utils
)
install_missing "${build_packages[@]}" "${test_packages[@]}"
export XSAUDIT_REQUIRE_DAEMONS=1  # they are installed now: a test that does not find them fails

step() { printf '\n== %s\n' "$1"; }
build() {
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1"
}

step 'format'
find src tests -name '*.h' -o -name '*.cc' | xargs clang-format-14 --dry-run -Werror

only=()
if [[ ${1:-} == fast ]]; then
  only=(--label-regex '^fast$')
  shift
fi
for preset in "${@:-release}"; do
  step "$preset"
  build "$preset"
  ctest --preset "$preset" --parallel "$(nproc)" "${only[@]}"
done
