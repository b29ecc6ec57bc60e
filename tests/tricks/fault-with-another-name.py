#!/usr/bin/env python3
"""A guest's disk is closing at the first look, and not there yet at the second: two faults (medium) of one
device, of which neither is there twice. Its backend is connected all the time."""
from trickslib import each_daemon, found, verdict

BACKEND = "/local/domain/0/backend/vbd/2/51712"
problems = []
for daemon in each_daemon():
    guest = daemon.guests[2]
    for first, second in (("5", "1"), ("1", "5")):
        guest.write("device/vbd/51712/state", first)
        status, result = daemon.look_twice(lambda: guest.write("device/vbd/51712/state", second))
        if not [one for one in found(result, "medium") if one.endswith(BACKEND)]:
            problems.append(f"{daemon.kind}: {first}, then {second}: status {status}")
        # What works again is no fault.
        guest.write("device/vbd/51712/state", first)
        status, result = daemon.look_twice(lambda: guest.write("device/vbd/51712/state", "4"))
        if status != 0:
            problems.append(f"{daemon.kind}: {first}, then 4: status {status}, {found(result)}")
verdict(problems, "a fault that changes its name is still a fault")
