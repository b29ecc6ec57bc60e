#!/bin/bash
# aarch64.sh: builds the tests for aarch64 and runs the fast ones under qemu, but for those with the label
# "kernel": seccomp, /proc and the credentials of a peer are those of this machine there, or missing. Needs
# what examples/static.sh aarch64 needs, and root, so that the kernel runs files of aarch64 with qemu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
examples/static.sh aarch64
formats=/proc/sys/fs/binfmt_misc
[[ -e $formats/register ]] || mount -t binfmt_misc binfmt_misc "$formats"
[[ -e $formats/qemu-aarch64 ]] || cat /usr/lib/binfmt.d/qemu-aarch64.conf >"$formats/register"
# The compiler refuses a precompiled header of a library (-fPIC) in a program (-fPIE).
cmake --preset static -B build/test-aarch64 -DBUILD_TESTING=ON -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON \
  -DCMAKE_TOOLCHAIN_FILE="$PWD/examples/aarch64.cmake" -DXSAUDIT_LIBRARIES="$PWD/build/arm64" >/dev/null
cmake --build build/test-aarch64 --target xsaudit manual fuzz_replay fast_test_programs
XSAUDIT_EMULATED=1 ctest --test-dir build/test-aarch64 -L fast -LE kernel -j "$(nproc)" --output-on-failure "$@"
