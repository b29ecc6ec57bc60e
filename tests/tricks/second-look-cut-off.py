#!/usr/bin/env python3
"""The daemon hangs up (it is restarted, or dies) or says no more until --timeout in the middle of the
second look, at its first reply or later. A disk is stuck all the time."""
from concurrent.futures import ThreadPoolExecutor

from trickslib import Daemon, verdict

CUTS = (0, 500, 3000, 9000)


def check(daemon, cut, hang):
    daemon.guests[2].write("device/vbd/51712/state", "5")
    status, result = daemon.look_twice(options=("--timeout", "5"), cut=cut, hang=hang)
    incomplete = result["sources"][0]["incomplete"]
    daemon.stop()
    if status in (1, 3) and incomplete:
        return []
    how = "silent" if hang else "closed"
    return [f"{how} after {cut} bytes: status {status}, incomplete: {incomplete}"]


# They wait most of the time, so all at once.
cases = [(Daemon("xenstored"), cut, hang) for hang in (False, True) for cut in CUTS]
with ThreadPoolExecutor(len(cases)) as threads:
    problems = sum(threads.map(check, *zip(*cases)), [])
verdict(problems, "a second look that breaks off is said")
