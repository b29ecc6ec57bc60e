#!/usr/bin/env python3
"""A rule asks for a process, which ends between the two looks: the second look sees the host as it is
then."""
import subprocess

from trickslib import SCRATCH, Daemon, found, verdict

RULES = SCRATCH / "rules"
RULES.mkdir()
(RULES / "running.yaml").write_text(
    """id: running
title: A process is there that should not be
severity: high
class: lifecycle
match: ~/image/device-model-pid
assert: "!running(int(value))"
transient: true
message: "{value}"
why: because
"""
)

problems = []
daemon = Daemon("xenstored")
process = subprocess.Popen(["sleep", "1000"])


def end():
    process.kill()
    process.wait()


daemon.node("/local/domain/2/image/device-model-pid", str(process.pid), "n0")
options = ("--rules", RULES, "--host-facts", "always")
for between, wanted in ((None, ["high running /local/domain/2/image/device-model-pid"]), (end, [])):
    status, result = daemon.look_twice(between, options)
    if found(result) != wanted:
        problems.append(f"{wanted} is wanted: status {status}, {found(result, 'info')}")
verdict(problems, "the second look sees the host as it is then")
