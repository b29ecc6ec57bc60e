#!/usr/bin/env python3
"""A disk is stuck (medium). Between the two looks a guest adds an entry for a domain that cannot be to a
node of its own: whatever that does to the second look, the audit must not say that all is well."""
from trickslib import each_daemon, found, verdict

problems = []
for daemon in each_daemon():
    daemon.guests[2].write("device/vbd/51712/state", "5")
    status, result = daemon.look_twice(lambda: daemon.guests[1].permit("data", "n1", "r70000"))
    if "medium device-stuck-closing /local/domain/0/backend/vbd/2/51712" not in found(result):
        problems.append(f"{daemon.kind}: status {status}, found {found(result, 'info')}")
verdict(problems, "what the second look did not see is not called clean")
