#!/bin/bash
# Builds xsaudit and shows it at work on a recorded store. For Debian 12; installs what the build
# needs when run as root. Everything it makes is in build/demo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. examples/packages.sh

install_missing "${build_packages[@]}"

echo '== building xsaudit'
cmake -S . -B build/demo -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF >/dev/null
cmake --build build/demo
xsaudit=build/demo/src/cli/xsaudit

cat <<'END'

== auditing examples/forged-frontend-link.txt
   Recorded with `xenstore-ls -f -p /` in dom0 of a Xen 4.17 host. Domain 3 is hostile: it wrote the
   path of domain 1's backend into its own network frontend, hoping that a tool in dom0 follows it.

END
status=0
"$xsaudit" audit examples/forged-frontend-link.txt || status=$?
if ((status != 1)); then
  echo "demo: the audit should have ended with exit status 1, not $status" >&2
  exit 1
fi
cat <<END

== The audit ended with exit status 1: there are findings. A healthy store gives 0, and no findings.
   Next: $xsaudit audit --help
END
