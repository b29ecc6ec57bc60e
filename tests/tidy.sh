#!/bin/bash
# tidy.sh BUILD FOLDER…: clang-tidy over the sources below the folders, with the checks of .clang-tidy.
# BUILD is a build directory of clang's: clang-tidy does not know g++'s options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$1
shift
find "$@" -name '*.cc' -print0 | sort -z |
  xargs -0 -n 4 -P "$(nproc)" clang-tidy-14 --quiet -p "$build"
