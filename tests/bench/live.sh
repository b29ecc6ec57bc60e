#!/bin/bash
# live.sh [XSAUDIT…]: what a snapshot and an audit of a live host of 100 domains with 4 devices each
# cost, with both daemons, which need no hypervisor: first where the facts of the host are not collected, then
# as in domain 0, whose /sys is made from the store (a mount of this process alone; as root). Without XSAUDIT, the
# program is built for it in build/release. Run it on a machine that is idle, or with `chrt -r 5`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != --inside ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --target generate_store live xsaudit >/dev/null
  (($# > 0)) || set -- build/release/src/cli/xsaudit
  exec unshare --mount bash "$0" --inside "$@"
fi
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# generate_store makes a disk and a network interface for each domain; each has a second one here, with a device
# number and an address of its own.
build/release/tests/generate_store --domains "${XSAUDIT_BENCH_DOMAINS:-100}" 2>/dev/null | sed -nE '
  p
  /^[^ ]*\/51712[\/ ]/ {
    s/51712/51728/g
    s/xvda/xvdb/
    s/(loop[0-9]+)/\1000/
    s/(physical-device = "7:[0-9a-f]+)/\1000/
    p
  }
  /^[^ ]*\/vif\/([0-9]+\/)?0[\/ ]/ {
    s#(/vif/([0-9]+/)?)0([/" ])#\11\3#g
    s/00:16:3e/00:16:3f/
    s/(handle = )"0"/\1"1"/
    p
  }' >"$scratch/store"

# The kernel as the store has it: Linux drivers/xen/xenbus and drivers/block/xen-blkback/xenbus.c.
sys=$scratch/sys
mkdir -p "$sys"/bus/xen-backend/{devices,drivers/vbd,drivers/vif} "$sys"/{class/net,dev/block,hypervisor/version} \
  "$sys/devices/virtual/net/xenbr0/bridge"
echo xen >"$sys/hypervisor/type"
echo 00000000-0000-0000-0000-000000000000 >"$sys/hypervisor/uuid"
echo 4 >"$sys/hypervisor/version/major"
echo 17 >"$sys/hypervisor/version/minor"
value() { sed -n "s#^/local/domain/0/backend/$1 = \"\(.*\)\"   (.*#\1#p" "$scratch/backends"; }
grep -E '/backend/(vbd|vif)/' "$scratch/store" >"$scratch/backends"
while IFS=/ read -r kind domid id; do
  device=$sys/devices/$kind-$domid-$id
  mkdir -p "$device/statistics"
  echo "backend/$kind/$domid/$id" >"$device/nodename"
  echo "$kind" >"$device/devtype"
  echo Connected >"$device/state"
  ln -s "../../bus/xen-backend/drivers/$kind" "$device/driver"
  ln -s "../../../devices/$kind-$domid-$id" "$sys/bus/xen-backend/devices/$kind-$domid-$id"
  if [ "$kind" = vbd ]; then
    number=$(value "vbd/$domid/$id/physical-device")
    echo "$number" >"$device/physical_device"
    value "vbd/$domid/$id/mode" >"$device/mode"
    echo 1 | tee "$device/statistics/rd_req" >"$device/statistics/wr_req"
    disk=$(basename "$(value "vbd/$domid/$id/params")")
    mkdir -p "$sys/devices/virtual/block/$disk/loop"
    echo "7:$((16#${number#*:}))" >"$sys/devices/virtual/block/$disk/dev"
    echo "/srv/$disk.img" >"$sys/devices/virtual/block/$disk/loop/backing_file"
    ln -s "../../devices/virtual/block/$disk" "$sys/dev/block/7:$((16#${number#*:}))"
  else
    mkdir -p "$device/net/vif$domid.$id"
    echo fe:ff:ff:ff:ff:ff >"$device/net/vif$domid.$id/address"
    ln -s ../../../virtual/net/xenbr0 "$device/net/vif$domid.$id/master"
    ln -s "../../devices/$kind-$domid-$id/net/vif$domid.$id" "$sys/class/net/vif$domid.$id"
  fi
done < <(sed -n 's#^/local/domain/0/backend/\([a-z]*/[0-9]*/[0-9]*\) = .*#\1#p' "$scratch/backends")

printf '== no facts of the host\n'
build/release/tests/bench/live "$scratch/store" "${XSAUDIT_BENCH_ROUNDS:-10}" "$@"
mount --bind "$sys" /sys
printf '== as in domain 0: %s devices of the kernel\n' "$(ls /sys/bus/xen-backend/devices | wc -l)"
build/release/tests/bench/live "$scratch/store" "${XSAUDIT_BENCH_ROUNDS:-10}" "$@"
