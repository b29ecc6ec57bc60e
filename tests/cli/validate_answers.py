"""Checks the JSON of access, diff and history (from a log and from a flight recorder) against their
schemas, without undescribed members.

validate_answers.py XSAUDIT PROJECT
"""

import json
import os
import subprocess
import sys
import tempfile

import jsonschema

from closed_schema import closed

program, project = sys.argv[1:]
lab = os.path.join(project, "tests/dumps/lab-xen4.17-cxenstored/")
examples = os.path.join(project, "examples/")
log = examples + "incident/xenstored-access.log"


def check(name, *arguments, schema_name=None):
    """The answer of the command, which the schema describes completely."""
    schema_file = (schema_name or name) + ".schema.json"
    with open(os.path.join(project, "schema", schema_file), encoding="utf-8") as file:
        schema = closed(json.load(file))
    jsonschema.Draft202012Validator.check_schema(schema)
    command = [program, name, "--format", "json", *arguments]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    answer = json.loads(run.stdout.decode("utf-8"))
    for error in jsonschema.Draft202012Validator(schema).iter_errors(answer):
        sys.exit(f"{' '.join(command)}: {error.json_path}: {error.message}")
    return answer


forged = examples + "forged-frontend-link.txt"
access = check("access", "--store", forged, "/local/domain/1/name", "/local/domain/3/data/new", "/vm")
assert len(access["paths"]) == 3
for domid in ("1", "3"):
    assert check("access", "--store", forged, "--domain", domid)["reach"]["subtrees"]
check("access", "--store", lab + "34-fill-data.fp.txt", "--domain", "6")

assert check("diff", examples + "incident/yesterday.txt", forged)["differences"]
for old, new in (("40-healthy", "47-libxl-guest-writable"), ("30-rm-own-frontend", "00-dom0-only"),
                 ("01-2pv-vif-vbd", "34-fill-data")):
    assert check("diff", lab + old + ".fp.txt", lab + new + ".fp.txt")["differences"]

history = check("history", "/local/domain/3", "/local/domain/1", "/vm", "--access-log", log)
assert [bool(node["events"]) for node in history["nodes"]] == [True, True, False]

with open(os.path.join(project, "tests/cli/recorder.txt"), encoding="utf-8") as file:
    segment = file.read().split("=== file one\n")[1].split("=== file two\n")[0]
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "recorder-0000000001.zst"), "w", encoding="utf-8") as file:
        file.write(segment)
    recorded = check("history", "/local/domain/3", "/vm", folder, schema_name="recorded-history")
assert [len(node["events"]) for node in recorded["nodes"]] == [5, 0]
assert recorded["missing"]
