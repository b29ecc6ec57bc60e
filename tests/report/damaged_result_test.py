"""A saved result that is damaged is refused with the place; nothing makes the program fail.

damaged_result_test.py XSAUDIT RECORDING
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from hostile_result import real_result

PROGRAM, RECORDING = sys.argv[1:]
FILE = pathlib.Path(tempfile.mkdtemp()) / "r.json"


def render(data):
    FILE.write_bytes(data)
    done = subprocess.run([PROGRAM, "render", FILE], capture_output=True, check=False)
    return done.returncode, done.stderr.decode("utf-8")


def refused(data, place, what):
    status, error = render(data)
    if status != 2 or f"{FILE}{place}" not in error:
        sys.exit(f"{what}: exit {status}, {error!r}, expected the place {place}")


def members(value, path=()):
    """Every member of every object, with the way to it."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield path + (key,)
            yield from members(member, path + (key,))
    elif isinstance(value, list):
        for index, item in enumerate(value[:1]):
            yield from members(item, path + (index,))


def without(result, path, *replacement):
    result = copy.deepcopy(result)
    at = result
    for step in path[:-1]:
        at = at[step]
    if replacement:
        at[path[-1]] = replacement[0]
    else:
        del at[path[-1]]
    return json.dumps(result).encode()


def main():
    real = real_result(PROGRAM, RECORDING)
    whole = json.dumps(real, indent=1).encode()
    if render(whole)[0] != 0:
        sys.exit("the undamaged one is refused")
    refused(b"", ":1:1", "empty")
    refused(b"{\n\n  nonsense", ":3:4", "no JSON")
    refused(whole[: len(whole) // 2], ":", "cut")
    refused(b"[" * 1000, "", "too deep")
    refused(b"{}", "", "another object")
    refused(b"[]", "", "a list")
    # What the reader works out itself, and reasons that stand beside what they explain.
    optional = {"summary", "complete", "presence_unknown", "value_unknown", "permissions_unknown",
                "state_unknown", "backend_unknown", "frontend_unknown", "all_but"}
    for path in members(real):
        if path[0] in ("format", "summary") or path[-1] in optional:
            continue
        place = ": " + "/".join(str(step) for step in path)
        refused(without(real, path), place, f"without {path}")
        refused(without(real, path, {"a": 1}), place, f"{path} of another type")
    for path, value in [
        (("findings", 0, "rule"), "no-such-rule"),
        (("findings", 0, "source"), 99),
        (("findings", 0, "source"), -1),
        (("findings", 0, "path"), "\u001b[2J"),
        (("findings", 0, "path"), "\\q"),
        (("findings", 0, "message"), "\u001b[2J"),
        (("findings", 0, "count"), 0),
        (("findings", 0, "severity"), "worst"),
        (("findings", 0, "evidence", 0, "presence"), "maybe"),
        (("findings", 0, "evidence", 0, "permissions"), "n0,x1"),
        (("rules", 0, "title"), "a\u202eb"),
        (("sources", 0, "alive", "domains"), [70000]),
    ]:
        place = ": " + "/".join(str(step) for step in path)
        refused(without(real, path, value), place, f"{path} = {value!r}")


main()
