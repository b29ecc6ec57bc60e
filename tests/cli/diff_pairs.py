"""The differences of stores of the lab, before and after what INDEX.md of the lab says was done.

diff_pairs.py XSAUDIT DUMPS

The expectations follow from that page (a command of an administrator, or of a guest), not from the
output of the program. All other differences must be of nodes that change without a cause.
"""

import json
import os
import subprocess
import sys

program, dumps = sys.argv[1:]


def diff(old, new):
    names = [os.path.join(dumps, name + ".fp.txt") for name in (old, new)]
    run = subprocess.run([program, "diff", "--format", "json", *names], stdout=subprocess.PIPE, check=False)
    answer = json.loads(run.stdout)
    assert answer["left_out"] == 0
    return run.returncode, answer


def changes(answer):
    """(kind, path, what of it) of each difference."""
    found = set()
    for one in answer["differences"]:
        node = one["old"] or one["new"]
        parts = [part for part in ("value", "owner", "permissions") if one[part]]
        found.add((one["kind"], node["path"], "+".join(parts)))
    return found


def check(old, new, expected):
    status, answer = diff(old, new)
    assert status == 1, (old, new, status)
    found = changes(answer)
    assert found == expected, f"{old} to {new}: missing {expected - found}, unexpected {found - expected}"
    return answer


ALPHA = "/local/domain/1"
ALPHA_UUID = "0afbbe7b-ecc7-4890-b63f-fdd54c3fae73"
BETA_UUID = "e33d16ae-6012-49aa-81f5-ce65b1a1f31e"
BACKEND = "/local/domain/0/backend/vif/1/0"

if __name__ == "__main__":
    # 41: rm /libxl/1/device/vif/0.
    check("40-healthy", "41-libxl-vif-removed", {("went", "/libxl/1/device/vif/0", "")})
    # The same backwards: the record came.
    check("41-libxl-vif-removed", "40-healthy", {("came", "/libxl/1/device/vif/0", "")})
    # 47: chmod -r /libxl/1 n0 b1, each node of it.
    status, answer = diff("40-healthy", "47-libxl-guest-writable")
    assert status == 1
    for kind, path, parts in changes(answer):
        assert (kind, parts) == ("changed", "permissions") and path.startswith("/libxl/1"), path
    with open(os.path.join(dumps, "47-libxl-guest-writable.fp.txt"), encoding="latin-1") as file:
        below = sum(line.startswith(("/libxl/1 ", "/libxl/1/")) for line in file)
    assert sum(one["nodes"] for one in answer["differences"]) >= below > 20, below
    # 49: chmod BACKEND n0 b1, and its frontend node n0 w1.
    check("40-healthy", "49-backend-guest-writable",
          {("changed", BACKEND, "permissions"), ("changed", BACKEND + "/frontend", "permissions")})
    # 50: chmod /local/domain/1 n1 r0: the owner is another.
    check("40-healthy", "50-domain-dir-owned-by-guest", {("changed", ALPHA, "owner+permissions")})
    # 43, 44, 51, 53: rm of a backend, another value, chmod of backend/vif, rm of alpha's /vm directory.
    check("40-healthy", "43-backend-removed", {("went", BACKEND, "")})
    check("40-healthy", "44-libxl-backend-swapped", {("changed", "/libxl/1/device/vif/0/backend", "value")})
    check("40-healthy", "51-backend-kind-world-writable",
          {("changed", "/local/domain/0/backend/vif", "permissions")})
    check("40-healthy", "53-vm-removed", {("went", "/vm/" + ALPHA_UUID, "")})
    # 57: beta (domain 2) was destroyed, and its vif backend written back. The three nodes of alpha were
    # changed between 53 and 57: its vm node and its vbds, in addition to its /vm directory.
    answer = check("40-healthy", "57-backend-of-dead-domain",
                   {("went", "/local/domain/2", ""), ("went", "/libxl/2", ""), ("went", "/vm/" + BETA_UUID, ""),
                    ("went", "/local/domain/0/backend/vbd/2", ""), ("went", "/local/domain/0/backend/console/2", ""),
                    ("went", "/vm/" + ALPHA_UUID, ""), ("changed", ALPHA + "/vm", "value"),
                    ("went", ALPHA + "/device/vbd", "")})
    assert [guest["domain"] for guest in answer["guests_gone"]] == [2], answer["guests_gone"]
    # 58 after 57: the tree /libxl/2 of the dead domain is written back.
    status, answer = diff("57-backend-of-dead-domain", "58-libxl-of-dead-domain")
    assert status == 1
    assert all(kind == "came" and (path + "/").startswith("/libxl/2/")
               for kind, path, _ in changes(answer)), changes(answer)
    # 30, 34, 36: after `xl destroy` of the attacker nothing of it is left, and nothing else changed.
    for name, domid in (("30-rm-own-frontend", 2), ("34-fill-data", 6), ("36-rm-everything", 8)):
        status, answer = diff(name, name + "-after-destroy")
        assert status == 1
        assert [guest["domain"] for guest in answer["guests_gone"]] == [domid], answer["guests_gone"]
        uuid = answer["guests_gone"][0]["uuid"]
        for kind, path, parts in changes(answer):
            own = str(domid) in path.split("/") or uuid in path
            assert kind == "went" and own, (name, kind, path, parts)
