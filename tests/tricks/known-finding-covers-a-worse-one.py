#!/usr/bin/env python3
"""A guest, or the domain that serves it, lets something harmless become known to a baseline or be suppressed, then
makes it worse at the same place."""
from trickslib import SCRATCH, audit, found, load, put, verdict

VIF = "/local/domain/2/device/vif/0"
VICTIM = "/local/domain/0/backend/vif/1/0"

problems = []
known = SCRATCH / "known.json"


def later(what, before, after, status=1):
    """Two stores: `before` becomes known, `after` is audited against that."""
    known.unlink(missing_ok=True)
    audit(before, "--write-baseline", known)
    found_status, result = audit(after, "--baseline", known)
    if found_status != status:
        problems.append(f"{what}: status {found_status}, {found(result)}")


def edited(*changes):
    nodes = load()
    for path, value, permissions in changes:
        put(nodes, path, value, permissions)
    return nodes


def link(value):
    return edited((f"{VIF}/backend", value, None))


def access(permissions):
    return edited((VIF, None, permissions))


later("a garbage link", link("garbage"), link("garbage"), 0)
later("a garbage link, then the victim's backend", link("garbage"), link(VICTIM))
later("another guest may read, then write", access("n2,r0,r1"), access("n2,r0,b1"))
later("another guest may write, then read", access("n2,r0,b1"), access("n2,r0,r1"))
later("a backend-id that is wrong, then another", edited((f"{VIF}/backend-id", "7", None)),
      edited((f"{VIF}/backend-id", "1", None)))  # fmt: skip


def many(count, last):
    nodes = load()
    data = "/local/domain/2/data"
    put(nodes, data, "", "b2")
    at = nodes.index(next(node for node in nodes if node[0] == data)) + 1
    new = [[f"{data}/n{i:06}", "", "b2"] for i in range(count - 1)] + [[f"{data}/{last}", "", "b2"]]
    nodes[at:at] = new
    return nodes


later("12,000 nodes", many(12_000, "x"), many(12_000, "x"), 0)
later("12,000 nodes, then others", many(12_000, "x"), many(12_000, "y"))

# A suppression for a guest says nothing of the domain that serves it.
uuid = next(node[1] for node in load() if node[0] == "/local/domain/2/vm").rsplit("/", 1)[1]
suppressions = SCRATCH / "suppressions.yaml"
suppressions.write_text(
    "suppressions:\n"
    f"  - {{rule: hotplug-script-untrusted, guest: {uuid}, reason: known, expires: 2999-12-31}}\n"
)
for domain, status in ((0, 0), (1, 1)):
    backend = f"/local/domain/{domain}/backend/vif/2/0"
    nodes = [node for node in load() if not node[0].startswith("/local/domain/1/backend")]
    rest = [] if domain == 0 else [["/local/domain/1/backend", "", "n1"]]
    for name in ("vif", "vif/2", "vif/2/0") if domain else ():
        rest.append([f"/local/domain/1/backend/{name}", "", "n1,r2"])
    if rest:
        home = max(i for i, node in enumerate(nodes) if node[0].startswith("/local/domain/1/")) + 1
        nodes[home:home] = rest
    put(nodes, f"{backend}/script", "/tmp/x", f"n{domain},r2")
    got, result = audit(nodes, "--suppress", suppressions)
    told = any("hotplug-script-untrusted" in one for one in found(result))
    if told != (status == 1):
        problems.append(f"a script in domain {domain}: status {got}, {found(result)}")

verdict(problems, "what was known or suppressed covers nothing worse")
