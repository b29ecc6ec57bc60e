# Runs as root in dom0 of the lab, after the lab's own functions: one healthy guest, then the same
# guest while it forges the link of its network device for a moment and puts it back, then after it
# forged the link for good; from inside. A watch sees the moment, and records it.
store_start
toolstack_start
guest alpha "vif = [ 'mac=00:16:3e:00:09:01,bridge=xenbr0' ]" \
  "disk = [ 'phy:$(loopdisk alpha),xvda,w' ]" ||
  waitlog alpha 'LAB-GUEST-READY alpha' 900  # an emulator on a busy machine

audit() { # audit NAME [ARGUMENT…]: the report on the store as it is now, or on the one that is named
  local name=$1
  shift
  /lab/in/xsaudit audit --quiet "$@" >"$OUT/$name.report" 2>"$OUT/$name.errors"
  echo $? >"$OUT/$name.status"
}
# The same over the kernel's device, as where the daemon has a domain of its own.
audit_by_device() { XENSTORED_PATH=/dev/xen/xenbus audit "$1"; }
audit healthy
audit_by_device healthy-device
link=device/vif/0/backend
recorder=/tmp/recorder
/lab/in/xsaudit watch --format jsonl --record "$recorder" >"$OUT/watch.jsonl" 2>"$OUT/watch.errors" &
watch=$!
for ((turn = 0; turn < 300; ++turn)); do
  ! grep -q following "$OUT/watch.jsonl" || break
  sleep 1
done
GXT=900 gx alpha "/lab/write_for_a_moment $link /local/domain/0/backend/vif/99/0 300"
sleep 5
kill -TERM "$watch"
wait "$watch"
echo $? >"$OUT/watch.status"
audit put-back

# The recording: the two writes, and what an audit finds just before the first, at it and at the second.
path=/local/domain/$(domid alpha)/$link
/lab/in/xsaudit history "$path" "$recorder" >"$OUT/history" 2>"$OUT/history.errors"
echo $? >"$OUT/history.status"
mapfile -t writes < <(sed -n "s#^  \([^ ]*\)  changed  *$path .*#\1#p" "$OUT/history")
microseconds=$(($(date -u -d "${writes[0]}" +%s%6N) - 1))
before=$(date -u -d "@${microseconds%??????}.${microseconds: -6}" +%Y-%m-%dT%H:%M:%S.%6NZ)
audit recorded-before "$recorder" --at "$before"
audit recorded-forged "$recorder" --at "${writes[0]}"
audit recorded-put-back "$recorder" --at "${writes[1]}"
cp -r "$recorder" "$OUT"

GXT=900 gx alpha "xenstore-write $link /local/domain/0/backend/vif/99/0"
audit forged
audit_by_device forged-device
/lab/in/xsaudit snapshot -o "$OUT/snapshot" 2>"$OUT/snapshot.errors"
/lab/in/xsaudit snapshot --format ls >"$OUT/ls"
xenstore-ls -fp >"$OUT/xenstore-ls"
exit 0
