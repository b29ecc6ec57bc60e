#!/bin/bash
# portable.sh PROGRAM: whether a program of the preset "portable" needs nothing that a dom0 without
# packages lacks: of libraries, the C library and the Xen host's own two.
set -euo pipefail
may='(libc|libm|ld-linux-x86-64|libxenstore|libxentoolcore)\.so\.[0-9]+'
needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
if grep -vxE "$may" <<<"$needed"; then
  echo "is needed at run time" >&2
  exit 1
fi
grep -qx 'libxenstore\.so\.[0-9]*' <<<"$needed"  # or this looked at nothing
