#!/usr/bin/env python3
"""schema-permissions is certain at once, and yields to perm-entry-dead-domid, whose findings may pass. A
guest adds an entry for a dead domain at the first look, and takes it away before the second: that
domain 1 may write the frontend is as true at both looks."""
from trickslib import each_daemon, found, verdict

problems = []
for daemon in each_daemon():
    guest = daemon.guests[2]
    guest.permit("device/vif/0", "n2", "r0", "b1", "r999")
    status, result = daemon.look_twice(lambda: guest.permit("device/vif/0", "n2", "r0", "b1"))
    if not [one for one in found(result) if "/local/domain/2/device/vif/0" in one]:
        problems.append(f"{daemon.kind}: status {status}, one look says {found(daemon.look_once()[1])}")
verdict(problems, "a rule is not silent because of a finding that passes")
