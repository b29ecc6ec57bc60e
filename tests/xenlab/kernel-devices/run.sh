# In dom0: two guests with a disk and a network interface each. What xsaudit reports of them live and
# from its own recording, first as the toolstack made them, then after each of the changes that
# nodes alone do not show.
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
audit() { # audit NAME: live, from a recording, and the table of devices
  local name=$1
  /lab/in/xsaudit audit --recheck-after 3 >"$OUT/$name.live" 2>>"$OUT/errors"
  echo $? >"$OUT/$name.live.status"
  /lab/in/xsaudit snapshot --with-host-facts -o "$OUT/$name.xs" 2>>"$OUT/errors"
  /lab/in/xsaudit audit "$OUT/$name.xs" >"$OUT/$name.offline" 2>>"$OUT/errors"
  echo $? >"$OUT/$name.offline.status"
  /lab/in/xsaudit devices >"$OUT/$name.devices" 2>>"$OUT/errors"
  say "audit $name: $(cat "$OUT/$name.live.status") $(cat "$OUT/$name.offline.status")"
}

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

# The block script compares device numbers only: it does not refuse a second loop device.
xl block-attach "$C" "phy:$(losetup -f --show /tmp/alpha.img),xvdb,w" >"$OUT/attach" 2>&1
sleep 5
audit image
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
