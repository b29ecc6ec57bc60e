# Runs as root in dom0 of the lab, after the lab's own functions: one healthy guest, then the same
# guest while it forges the link of its network device for a moment and puts it back, then after it
# forged the link for good; from inside.
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
/lab/in/xsaudit watch --format jsonl >"$OUT/watch.jsonl" 2>"$OUT/watch.errors" &
watch=$!
for ((turn = 0; turn < 300; ++turn)); do
  ! grep -q following "$OUT/watch.jsonl" || break
  sleep 1
done
GXT=900 gx alpha 'own=$(xenstore-read device/vif/0/backend); xenstore-write device/vif/0/backend /local/domain/0/backend/vif/99/0; sleep 0.3; xenstore-write device/vif/0/backend "$own"'
sleep 5
kill -TERM "$watch"
wait "$watch"
echo $? >"$OUT/watch.status"
audit put-back
GXT=900 gx alpha 'xenstore-write device/vif/0/backend /local/domain/0/backend/vif/99/0'
audit forged
audit_by_device forged-device
/lab/in/xsaudit snapshot -o "$OUT/snapshot" 2>"$OUT/snapshot.errors"
/lab/in/xsaudit snapshot --format ls >"$OUT/ls"
xenstore-ls -fp >"$OUT/xenstore-ls"
exit 0
