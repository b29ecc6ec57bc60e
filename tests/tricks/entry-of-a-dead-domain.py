#!/usr/bin/env python3
"""A frontend that another guest may write weighs no less for one more entry, of a domain that is dead or that
cannot be."""
from trickslib import audit, found, load, put, verdict

problems = []
for more in ("", ",r999", ",b999", ",n999", ",r32757", ",r32760", ",r999,r998"):
    nodes = load()
    put(nodes, "/local/domain/2/device/vif/0", None, "n2,r0,b1" + more)
    status, result = audit(nodes, "--fail-on", "medium")
    if status != 1:
        problems.append(f"n2,r0,b1{more}: status {status}, {found(result)}")
verdict(problems, "more entries lower nothing")
