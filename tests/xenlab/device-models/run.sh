# In dom0: three HVM guests, one as they are by default, one with dm_restrict and the users it needs,
# one with a device_model_user alone. What xsaudit says of them live, and of its recording of them;
# beside it, what the kernel says. Then one of them dies, and its number goes to another process; and
# a guest is restricted with the user that older hosts share among all device models.
store_start
toolstack_start
: >"$OUT/errors"
user() { # user NAME ID
  echo "$1:x:$2:$2::/nonexistent:/bin/false" >>/etc/passwd
  echo "$1:x:$2:" >>/etc/group
}
user xen-qemuuser-range-base 200000
user xen-qemuuser-reaper 199999
user dmuser 150000

create() { # create NAME CONFIGURATION LINES…
  local name=$1
  shift
  # No disk: its hotplug script is given 40 s, which an emulator on a busy machine does not keep.
  conf "$name" "serial = 'pty'" "$@" >"/tmp/$name.cfg"
  sed -i 's/^type = .*/type = "hvm"/; s#^kernel.*#kernel = "/lab/lib/vmlinuz"#; s/^memory.*/memory = 128/
          s/console=hvc0/console=ttyS0 console=hvc0/' "/tmp/$name.cfg"
  # Paused: beside a guest that runs in an emulated AMD-V, programs of dom0 lose what is in their
  # registers (QEMU 7.2), and crash. The device model runs all the same.
  timeout 400 xl create -p "/tmp/$name.cfg" || say "xl create $name: $?"
}
pid_of() { xenstore-read "/local/domain/$(domid "$1")/image/device-model-pid"; }
kernel() { # kernel NAME…: a line a guest, of what the kernel says of its device model
  local name pid
  for name; do
    pid=$(pid_of "$name")
    echo "$name pid $pid users $(awk '/^Uid:/ {print $2, $3, $4, $5}' "/proc/$pid/status")" \
      "capabilities $(awk '/^CapEff:/ {print $2}' "/proc/$pid/status")" \
      "root $(readlink "/proc/$pid/root")" \
      "mnt $(readlink "/proc/$pid/ns/mnt")" "ipc $(readlink "/proc/$pid/ns/ipc")"
  done
  echo "this shell: mnt $(readlink /proc/self/ns/mnt) ipc $(readlink /proc/self/ns/ipc)"
  ps -eo pid,uid,args
  for name; do
    pid=$(pid_of "$name")
    echo "== $name: process $pid"
    tr '\0' ' ' <"/proc/$pid/cmdline"
    echo
    cat "/proc/$pid/status" "/proc/$pid/limits"
    ls -l "/proc/$pid/fd" "/proc/$pid/ns"
  done
  ss -xp
}
audit() { # audit NAME ARGUMENTS…
  local name=$1
  shift
  /lab/in/xsaudit audit "$@" >"$OUT/$name.report" 2>>"$OUT/errors"
  echo $? >"$OUT/$name.status"
  say "audit $name: $(cat "$OUT/$name.status")"
}

create hplain
create hrestrict 'dm_restrict = 1'
create huser 'device_model_user = "dmuser"'
xl list
sleep 8
kernel hplain hrestrict huser >"$OUT/kernel" 2>&1
cp /var/lib/xen/userdata-d.* "$OUT"
audit live
audit live-json --format json
audit required --require-dm-restrict
/lab/in/xsaudit devices >"$OUT/devices" 2>>"$OUT/errors"
/lab/in/xsaudit snapshot --with-host-facts -o "$OUT/recording" 2>>"$OUT/errors"
audit offline "$OUT/recording"
audit offline-json --format json "$OUT/recording"
/lab/in/xsaudit snapshot --format ls -o "$OUT/listing" 2>>"$OUT/errors"
audit listing "$OUT/listing"

pid=$(pid_of hplain)
kill -9 "$pid"
sleep 2
audit died
# The number of the dead one comes round to a process that has nothing to do with it.
number=/local/domain/$(domid hplain)/image/device-model-pid
xenstore-write "$number" "$(cat /run/xen/xenconsoled.pid)"
audit reused
xenstore-write "$number" "$pid"
xl destroy hplain

sed -i '/^xen-qemuuser-range-base:/d' /etc/passwd
user xen-qemuuser-shared 300000
create hshared 'dm_restrict = 1'
sleep 8
kernel hrestrict hshared >"$OUT/kernel-shared" 2>&1
audit shared
exit 0
