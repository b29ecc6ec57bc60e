# In dom0: two guests with a disk and a network interface each. What xsaudit reports of them live, and
# its recording, first as the toolstack made them, then after each of the changes that nodes alone do
# not show.
store_start
toolstack_start
: >"$OUT/errors"
B=/local/domain/0/backend
# A hotplug script has 40 s, which an emulator on a busy machine exceeds. These do only what the
# devices need.
if [ -e /lab/in/short-scripts ]; then
  cat >/etc/xen/scripts/block <<'SCRIPT'
#!/bin/sh
[ "$1" = add ] || exit 0
disk=$(xenstore-read "$XENBUS_PATH/params")
xenstore-write "$XENBUS_PATH/physical-device" "$(stat -L -c %t:%T "$disk")" \
  "$XENBUS_PATH/physical-device-path" "$disk" "$XENBUS_PATH/hotplug-status" connected
SCRIPT
  cat >/etc/xen/scripts/vif-bridge <<'SCRIPT'
#!/bin/sh
[ "$1" = online ] || exit 0
ip link set dev "$vif" address fe:ff:ff:ff:ff:ff up master xenbr0 ||
  { ip link set dev "$vif" up; brctl addif xenbr0 "$vif"; }
xenstore-write "$XENBUS_PATH/hotplug-status" connected
SCRIPT
fi
attempt() { # attempt NAME MAC
  local try
  for try in 1 2 3; do
    guest "$1" "vif = [ 'mac=$2,bridge=xenbr0' ]" "disk = [ 'phy:$(loopdisk "$1"),xvda,w' ]" && return
    waitlog "$1" "LAB-GUEST-READY $1" 120 && return
    xl destroy "$1"
  done
}
try() { # try COMMAND…: once more if the machine was too busy for the process that watches the store
  local time status
  for time in 1 2 3; do
    "$@" 2>"$OUT/error"
    status=$?
    grep -q 'the process that watches it has ended' "$OUT/error" || break
  done
  cat "$OUT/error" >>"$OUT/errors"
  return $status
}
live_audit() { # also on standard error, for try
  /lab/in/xsaudit audit --event-channels --recheck-after 1 --verbose >"$1"
  local status=$?
  grep -o 'the process that watches it has ended' "$1" >&2
  return $status
}
audit() { # audit NAME: live, and a recording to be judged elsewhere
  local name=$1
  try live_audit "$OUT/$name.live"
  echo $? >"$OUT/$name.live.status"
  try /lab/in/xsaudit snapshot --with-host-facts --event-channels -o "$OUT/$name.xs"
  say "audit $name: $(cat "$OUT/$name.live.status")"
}
# A program that ends by a signal leaves its memory there.
ulimit -c unlimited
echo "$OUT/core.%e.%p" >/proc/sys/kernel/core_pattern

attempt alpha 00:16:3e:00:09:01
A=$(domid alpha)
audit one-guest

mode=$(xenstore-read "$B/vbd/$A/51712/mode")
xenstore-write "$B/vbd/$A/51712/mode" r
audit mode
xenstore-write "$B/vbd/$A/51712/mode" "$mode"

bridge=$(xenstore-read "$B/vif/$A/0/bridge")
xenstore-write "$B/vif/$A/0/bridge" xenbr9
audit bridge
xenstore-write "$B/vif/$A/0/bridge" "$bridge"

device=$(xenstore-read "$B/vbd/$A/51712/physical-device")
xenstore-write "$B/vbd/$A/51712/physical-device" 7:7
audit other-disk
xenstore-write "$B/vbd/$A/51712/physical-device" "$device"

mkdir -p /mnt/alpha
mount "$(xenstore-read "$B/vbd/$A/51712/params")" /mnt/alpha
audit mounted
umount /mnt/alpha

ip link set dev "vif$A.0" nomaster 2>>"$OUT/errors" || brctl delif xenbr0 "vif$A.0"
audit no-bridge
ip link set dev "vif$A.0" master xenbr0 2>>"$OUT/errors" || brctl addif xenbr0 "vif$A.0"

attempt beta 00:16:3e:00:09:02
C=$(domid beta)
audit healthy

# The guest opens a channel for another guest and names it as that of its disk.
channel=$(xenstore-read "/local/domain/$A/device/vbd/51712/event-channel")
GXT=300 gx alpha "xenstore-write device/vbd/51712/event-channel \$(/lab/open_channel $C)"
audit other-channel
xenstore-write "/local/domain/$A/device/vbd/51712/event-channel" "$channel"

GXT=300 gx alpha "xenstore-write device/vif/0/backend-id $C"
audit backend-id
xenstore-write "/local/domain/$A/device/vif/0/backend-id" 0

# The block script compares device numbers only: it does not refuse a second loop device.
xl block-attach "$C" "phy:$(losetup -f --show /tmp/alpha.img),xvdb,w" >"$OUT/attach" 2>&1
sleep 5
audit image
/lab/in/xsaudit devices >"$OUT/image.devices" 2>>"$OUT/errors"
xl block-detach "$C" xvdb >>"$OUT/attach" 2>&1
sleep 5
audit detached

for node in state=4 "frontend=/local/domain/$C/device/vif/7" "frontend-id=$C" online=1; do
  xenstore-write "$B/vif/$C/7/${node%%=*}" "${node#*=}"
done
audit invented
xenstore-rm "$B/vif/$C/7"

# The kernel looks at what was removed from the level of a guest on.
xenstore-rm "$B/vbd"
audit removed
exit 0
