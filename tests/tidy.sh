#!/bin/bash
# tidy.sh FOLDER…: clang-tidy over the sources below the folders, with the checks of .clang-tidy.
# It needs a command for each source, and clang's: it does not know g++'s options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset tidy >/dev/null
find "$@" -name '*.cc' -print0 | sort -z |
  xargs -0 -n 4 -P "$(nproc)" clang-tidy-14 --quiet -p build/tidy
