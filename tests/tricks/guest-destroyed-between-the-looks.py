#!/usr/bin/env python3
"""A guest is being taken down at the first look, and gone at the second: nothing is wrong. Where the toolstack
forgot the disk's backend, that is told under its new name."""
from trickslib import each_daemon, found, verdict

HOME = "/local/domain/2"
BACKENDS = ["/local/domain/0/backend/%s/2" % kind for kind in ("vif", "console", "vbd")]


def destroy(daemon, backends):
    home = daemon.control.read(HOME + "/vm").decode()
    for path in [*backends, "/libxl/2", home, HOME]:
        daemon.control.remove(path)
    daemon.control.request("RELEASE", b"2\0")


problems = []
for forgotten in (False, True):
    for daemon in each_daemon():
        daemon.guests[2].write("device/vbd/51712/state", "5")
        backends = BACKENDS[:-1] if forgotten else BACKENDS
        status, result = daemon.look_twice(lambda: destroy(daemon, backends))
        wanted = [f"medium device-stuck-closing {BACKENDS[-1]}/51712"] if forgotten else []
        if found(result) != wanted or result["sources"][0]["incomplete"]:
            problems.append(f"{daemon.kind}: {wanted} is wanted: status {status}, {found(result)}")
verdict(problems, "what has gone is not told")
