"""Checks what `xsaudit audit --format json` writes against schema/result.schema.json.

validate_json.py XSAUDIT SCHEMA RULES RECORDING...

The schema allows members that it does not describe, so that they can be added; here none may be
left undescribed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import jsonschema

from closed_schema import closed


def main():
    program, schema_file, rules, *recordings = sys.argv[1:]
    # As root the program uses no rules that somebody else may write: those of a checkout, say.
    own = tempfile.TemporaryDirectory()
    rules = shutil.copytree(rules, os.path.join(own.name, "rules"), copy_function=shutil.copyfile)
    os.chmod(rules, 0o755)
    with open(schema_file, encoding="utf-8") as file:
        schema = closed(json.load(file))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    findings = 0
    for chosen in ([], ["--rules", rules]):
        # Each alone, then all together with one that is not there.
        for sources in [[name] for name in recordings] + [recordings + ["no-such-file"]]:
            command = [program, "audit", "--format", "json", *chosen, *sources]
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            result = json.loads(run.stdout.decode("utf-8"))
            for error in validator.iter_errors(result):
                sys.exit(f"{' '.join(command)}: {error.json_path}: {error.message}")
            findings += len(result["findings"])
    if findings == 0:
        sys.exit("no recording gave a finding: not much was checked")


main()
