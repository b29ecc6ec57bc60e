#!/usr/bin/env python3
"""renumbered_host.py XSAUDIT RECORDING...: a host on which each domain has another domid than when
its baseline was written, as after a restart of it, finds all known that its baseline holds. What no
baseline holds, for want of a UUID, is new on the host as it was, too."""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, RECORDINGS = sys.argv[1], sys.argv[2:]

# Before a domid in a path; and names of nodes whose values are one.
PLACES = re.compile(r"((?:^|/)(?:local/domain|backend/[^/]+|libxl|device-model)/)(\d+)(?=/|$)")
NODES = ("domid", "frontend-id", "backend-id", "target", "device-model-domid", "for")


def domids(text):
    """Of the domains that have a directory of their own."""
    return {int(one) for one in re.findall(r"^/local/domain/(\d+)[ /]", text, re.M)} - {0}


def renumbered(text, numbers):
    new = lambda digits: str(numbers.get(int(digits), digits))
    path = lambda text: PLACES.sub(lambda found: found[1] + new(found[2]), text)
    out = []
    for line in text.split("\n"):
        found = re.match(r'^(\S+) = "(.*)"(\s+)\(([^)]*)\)$', line)
        if found:
            name, value, space, entries = found.groups()
            if value.isdigit() and name.rsplit("/")[-1] in NODES:
                value = new(value)
            elif value.startswith("/"):
                value = path(value)
            entries = re.sub(r"(?<=[nrwb])\d+", lambda digits: new(digits[0]), entries)
            line = f'{path(name)} = "{value}"{space}({entries})'
        out.append(line)
    return "\n".join(out)


def audit(recording, *options):
    command = [PROGRAM, "audit", "--format", "json", *options, recording]
    return json.loads(subprocess.run(command, capture_output=True).stdout)


def findings_by_rule(result):
    return collections.Counter(one["rule"] for one in result["findings"])


def check(recording, scratch):
    """What is wrong, and how many findings the baseline knew."""
    text = pathlib.Path(recording).read_text("latin1")
    numbers = sorted(domids(text))
    host, baseline = scratch / "host.txt", scratch / "baseline"
    host.write_text(text, "latin1")
    audit(host, "--write-baseline", baseline)
    as_it_was = audit(host, "--baseline", baseline)
    problems = []
    for title, others in [
        ("renumbered", [one + 1000 for one in numbers]),
        ("renumbered backwards", [5000 - one for one in numbers]),
    ]:
        other = scratch / "other.txt"
        other.write_text(renumbered(text, dict(zip(numbers, others))), "latin1")
        later = audit(other, "--baseline", baseline)
        gone = [one["rule"] for one in later["baseline"]["gone"]]
        if findings_by_rule(later) != findings_by_rule(as_it_was) or gone:
            found = [f"{one['rule']} {one['path']}" for one in later["findings"]]
            problems.append(f"{recording} {title}: new: {found}, gone: {gone}")
    return problems, as_it_was["summary"]["known"]


problems, known = [], 0
with tempfile.TemporaryDirectory() as scratch:
    for recording in RECORDINGS:
        more, count = check(recording, pathlib.Path(scratch))
        problems += more
        known += count
if known < 20:
    problems.append(f"only {known} findings were known, which shows nothing")
print("\n".join(problems) or f"{known} known findings are known under other domids")
sys.exit(1 if problems else 0)
