#!/usr/bin/env python3
"""The daemon hangs up (it is restarted, or dies) or says no more until --timeout in the middle of the
second look, at its first reply or later. A disk is stuck all the time."""
from trickslib import Daemon, found, verdict

problems = []
for hang in (False, True):
    for cut in (0, 500, 3000, 9000):
        daemon = Daemon("xenstored")
        daemon.guests[2].write("device/vbd/51712/state", "5")
        options = ("--timeout", "5")
        status, result = daemon.look_twice(options=options, cut=cut, hang=hang)
        incomplete = result["sources"][0]["incomplete"]
        if status not in (1, 3) or not incomplete:
            how = "silent" if hang else "closed"
            problems.append(f"{how} after {cut} bytes: status {status}, incomplete: {incomplete}")
        daemon.stop()
verdict(problems, "a second look that breaks off is said")
