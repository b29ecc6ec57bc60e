#!/usr/bin/env python3
"""oxenstored takes lists of 575 entries from a guest. Of each of a guest's nodes the audit must not
compare each entry with each: what the same number of entries costs must not depend on how many of
them stand in one list. Of dead domains, of one domain, and of domains alive by turns."""
import resource

from trickslib import Daemon, found, verdict

ENTRIES = 575 * 150


def seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cost(entries_of, length):
    """Processor seconds of an audit while the guest has all these entries in lists of one length."""
    daemon = Daemon("oxenstored")
    guest = daemon.guests[2]
    for i in range(ENTRIES // length):
        guest.write("data/%d" % i, "")
        guest.permit("data/%d" % i, "n2", *(entries_of(i * length + j) for j in range(length)))
    before = seconds()
    status, result = daemon.look_once()
    used = seconds() - before
    if status != 1 or not any("data/" in one for one in found(result, "info")):
        problems.append(f"lists of {length} entries: status {status}")
    undecided = [one["reason"] for one in result["not_evaluated"] if "time" in one["reason"]]
    problems.extend(undecided)
    daemon.stop()
    return used


problems = []
for title, entries_of in [
    ("of dead domains", lambda n: "w%d" % (1000 + n * 7919 % 31000)),
    ("of one domain", lambda n: ("r7", "w7")[n % 2]),
    ("of domain 1 and dead ones", lambda n: "b%d" % (1 if n % 2 else 1000 + n * 7919 % 31000)),
]:
    short, long = cost(entries_of, 115), cost(entries_of, 575)
    if long > 2 * short + 1:
        problems.append(f"{title}: {short:.1f} s in short lists, {long:.1f} s in long ones")
verdict(problems, "long lists cost no more than short ones")
