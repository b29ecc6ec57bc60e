# In dom0: three HVM guests, one as they are by default, one with dm_restrict and the users it needs,
# one with a device_model_user alone. What xsaudit says of them live, and of its recording of them.
store_start
toolstack_start
for user in xen-qemuuser-range-base:200000 xen-qemuuser-reaper:199999 dmuser:150000; do
  name=${user%:*} id=${user#*:}
  echo "$name:x:$id:$id::/nonexistent:/bin/false" >>/etc/passwd
  echo "$name:x:$id:" >>/etc/group
done
for kind in plain restrict user; do
  image=$(disk $kind)
  conf h$kind "disk = [ 'format=raw,vdev=xvda,access=rw,target=$image' ]" "serial = 'pty'" >/tmp/h$kind.cfg
  sed -i 's/^type = .*/type = "hvm"/; s#^kernel.*#kernel = "/lab/lib/vmlinuz"#; s/^memory.*/memory = 128/
          s/console=hvc0/console=ttyS0 console=hvc0/' /tmp/h$kind.cfg
  case $kind in
    restrict) echo 'dm_restrict = 1' >>/tmp/h$kind.cfg ;;
    user) echo 'device_model_user = "dmuser"' >>/tmp/h$kind.cfg ;;
  esac
  timeout 180 xl create /tmp/h$kind.cfg || say "xl create h$kind: $?"
done
xl list
sleep 8
audit() { # audit NAME ARGUMENTS…
  local name=$1
  shift
  /lab/in/xsaudit audit "$@" >"$OUT/$name.report" 2>>"$OUT/errors"
  echo $? >"$OUT/$name.status"
}
audit live
audit live-json --format json
audit required --require-dm-restrict
/lab/in/xsaudit snapshot --with-processes -o "$OUT/recording" 2>>"$OUT/errors"
audit offline "$OUT/recording"
audit offline-json --format json "$OUT/recording"
/lab/in/xsaudit snapshot --format ls -o "$OUT/listing" 2>>"$OUT/errors"
audit listing "$OUT/listing"
# A QEMU that dies under its guest.
kill -9 "$(xenstore-read "/local/domain/$(domid hplain)/image/device-model-pid")"
sleep 2
audit died
exit 0
