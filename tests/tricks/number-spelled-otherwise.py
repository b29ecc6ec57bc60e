#!/usr/bin/env python3
"""A guest spells a number otherwise than a toolstack does: a backend-id, a state, the name of a device. atoi,
strtoul, sscanf and int_of_string take it for the number all the same, so the finding weighs as much."""
from trickslib import audit, found, load, put, verdict

GUEST = "/local/domain/2/device"
VICTIM = "/local/domain/0/backend/vbd/1/51712"

problems = []


def expect(what, nodes, rule, severity):
    status, result = audit(nodes, "--fail-on", "medium")
    if status != 1 or not any(one.startswith(f"{severity} {rule} ") for one in found(result)):
        problems.append(f"{what}: status {status}, {found(result)}")


for spelled in ("1", "1 ", " 1", "+1", "1x", "01", "0x1", "4294967297", "00"):
    nodes = load()
    put(nodes, f"{GUEST}/vif/0/backend-id", spelled)
    if spelled == "00":  # that is still domain 0
        status, result = audit(nodes, "--fail-on", "medium")
        if status != 0:
            problems.append(f"backend-id {spelled!r}: status {status}, {found(result)}")
        continue
    expect(f"backend-id {spelled!r}", nodes, "frontend-backendid-mismatch", "high")

for name in ("51760", "051760", "4294967296", "-1", "0xca30", "51760x"):
    nodes = load()
    put(nodes, f"{GUEST}/vbd/{name}", "", "n2,r0")
    put(nodes, f"{GUEST}/vbd/{name}/backend", VICTIM, "n2,r0")
    expect(f"a disk {name}", nodes, "frontend-link-forged", "high")

verdict(problems, "a number weighs the same however it is spelled")
