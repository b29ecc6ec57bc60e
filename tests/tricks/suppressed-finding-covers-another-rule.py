#!/usr/bin/env python3
"""An admin lives with a guest's node that every domain may read (high). The guest then lets domain 1 write
it, of which the rule would be silent, because it yields to the one that is suppressed."""
from trickslib import SCRATCH, audit, found, load, put, verdict

NODE = "/local/domain/2/device/vif/0"
suppressions = SCRATCH / "suppressions.yaml"
suppressions.write_text(
    "suppressions:\n  - rule: all-domains-entry\n    path: ~/device/vif/0\n"
    "    reason: known\n    expires: 2099-01-01\n"
)
problems = []
nodes = load()
put(nodes, "/@releaseDomain", "", "n0,r32757")
put(nodes, NODE, permissions="n2,r0,r32757")
status, result = audit(nodes, "--suppress", suppressions)
if [one for one in found(result) if NODE + "/" not in one + "/"]:
    problems.append(f"known: {found(result)}")
put(nodes, NODE, permissions="n2,b1,r32757")
status, result = audit(nodes, "--suppress", suppressions)
if not [one for one in found(result, "medium") if one.endswith(NODE)]:
    problems.append(f"domain 1 may write it: status {status}, {found(result)}")
verdict(problems, "a suppression covers its own rule alone")
