#!/usr/bin/env python3
"""Rules yield to all-domains-entry, which is only info where the daemon does not know the domid 32757: a
guest adds r32757 to a node it owns, and what is wrong with that node must be found all the same."""
from trickslib import HERE, Daemon, audit, found, load, put, verdict

HOME = "/local/domain/2"
problems = []
daemon = Daemon("oxenstored")
guest = daemon.guests[2]
daemon.control.permit(HOME, "n2")
before = found(daemon.look_once()[1], "critical")
guest.permit(HOME, "n2", "r32757")
after = found(daemon.look_once()[1], "critical")
if not before or before != after:
    problems.append(f"live, a home of its guest's own: {before} becomes {after}")
daemon.control.permit(HOME, "n0", "r2")
guest.permit("device/vif/0", "n2", "r0", "b1", "r32757")
if not found(daemon.look_once()[1]):
    problems.append("live: nothing is found where domain 1 may write the frontend of domain 2")

for path in ("/vm", HOME + "/name", HOME + "/memory", HOME + "/device"):
    nodes = load(HERE / "oxenstored-40-healthy.fp.txt")
    put(nodes, path, permissions="n2")
    before = found(audit(nodes)[1], "medium")
    put(nodes, path, permissions="n2,r32757")
    # A recording does not say whether the daemon knows the domid, so the entry itself may be the graver.
    result = audit(nodes)[1]
    for line in before:
        severity, _, where = line.split(" ", 2)
        if not any(one.endswith(" " + where) for one in found(result, severity)):
            problems.append(f"recorded: {line} becomes {found(result, 'info')}")
    if not before:
        problems.append(f"recorded: nothing is found at {path} without the entry")
verdict(problems, "r32757 silences nothing")
