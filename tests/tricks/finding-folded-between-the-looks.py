#!/usr/bin/env python3
"""An entry for a dead domain (medium) is at one node of a guest at both looks. Between them the guest adds
more of them, so that the second look would tell this one as part of another finding."""
from trickslib import each_daemon, found, verdict


def the_same_elsewhere(guest):
    guest.permit("data", "n2", "r0", "r999")


def more_than_are_told(guest):
    for number in range(30):
        guest.write(f"data/{number:02}", "")
        guest.permit(f"data/{number:02}", "n2", "r0", f"r{1000 + number}")


problems = []
for fold in (the_same_elsewhere, more_than_are_told):
    for daemon in each_daemon():
        guest = daemon.guests[2]
        guest.permit("device/vif/0", "n2", "r0", "r999")
        status, result = daemon.look_twice(lambda: fold(guest))
        wanted = "perm-entry-dead-domid /local/domain/2/device/vif/0"
        if not [one for one in found(result, "medium") if one.endswith(wanted)]:
            problems.append(f"{daemon.kind}: {fold.__name__}: status {status}, {found(result)}")
verdict(problems, "what is folded is still known to be there")
