# Runs as root in dom0 of the lab, after the lab's own functions: one healthy guest, then the same
# guest after it forged the link of its network device from inside.
store_start
toolstack_start
guest alpha "vif = [ 'mac=00:16:3e:00:09:01,bridge=xenbr0' ]" \
  "disk = [ 'phy:$(loopdisk alpha),xvda,w' ]" ||
  waitlog alpha 'LAB-GUEST-READY alpha' 900  # an emulator on a busy machine

audit() { # audit NAME: the report on the store as it is now
  /lab/in/xsaudit audit --quiet >"$OUT/$1.report" 2>"$OUT/$1.errors"
  echo $? >"$OUT/$1.status"
}
# The same over the kernel's device, as where the daemon has a domain of its own.
audit_by_device() { XENSTORED_PATH=/dev/xen/xenbus audit "$1"; }
audit healthy
audit_by_device healthy-device
GXT=900 gx alpha 'xenstore-write device/vif/0/backend /local/domain/0/backend/vif/99/0'
audit forged
audit_by_device forged-device
/lab/in/xsaudit snapshot -o "$OUT/snapshot" 2>"$OUT/snapshot.errors"
/lab/in/xsaudit snapshot --format ls >"$OUT/ls"
xenstore-ls -fp >"$OUT/xenstore-ls"
exit 0
