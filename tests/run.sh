#!/bin/bash
# Everything that must pass: format, clang's build and clang-tidy, and all tests, with sanitizers and
# in the release build. For Debian 12; installs what is missing when run as root. The folder of real
# recordings is $XSAUDIT_DUMPS, or ../shared/dumps beside the checkout; without it the tests that
# read them are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. examples/packages.sh

test_packages=(
  catch2 librapidcheck-dev
  clang-14 clang-format-14 clang-tidy-14
  python3-jsonschema
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

step 'clang'
build clang
tests/tidy.sh build/clang src

for preset in sanitize release; do
  step "$preset"
  build "$preset"
  ctest --preset "$preset" -j 2
done
