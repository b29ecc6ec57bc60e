#!/usr/bin/env python3
"""run_field.py XSAUDIT: audits each store of this folder as expect.json says, and compares what comes out.

Each case has a file, the arguments, the exit status, findings that there must be and that there must
not be (a regular expression for the rule, and a path: at, above or below it)."""
import json
import os
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def paths_of(finding):
    return [finding["path"]] + [one["path"] for one in finding["evidence"]]


def is_near(path, wanted):
    return path == wanted or path.startswith(wanted + "/") or wanted.startswith(path + "/")


def matches(finding, wanted):
    path = wanted.get("path")
    return bool(re.fullmatch(wanted["rule"], finding["rule"])) and (
        path is None or any(is_near(one, path) for one in paths_of(finding)))


def problems_of(program, case):
    run = subprocess.run(
        [program, "audit", "--format", "json", *case["args"], os.path.join(FOLDER, case["file"])],
        capture_output=True, timeout=300)
    problems = []
    if run.returncode != case["exit"]:
        problems.append(f"exit status {run.returncode}, not {case['exit']}")
    if case["exit"] == 2:
        return problems
    findings = json.loads(run.stdout)["findings"]
    for wanted in case.get("must", []):
        if not any(matches(finding, wanted) for finding in findings):
            problems.append(f"no {wanted['rule']} at {wanted.get('path', 'any place')}")
    for wanted in case.get("must_not", []):
        problems += [f"{finding['rule']} at {finding['path']}"
                     for finding in findings if matches(finding, wanted)]
    return problems


def main():
    with open(os.path.join(FOLDER, "expect.json"), encoding="utf-8") as file:
        cases = json.load(file)
    wrong = 0
    for case in cases:
        name = " ".join([case["file"], *case["args"]])
        problems = problems_of(sys.argv[1], case)
        if problems:
            wrong += 1
            print(f"WRONG: {name}: {'; '.join(problems)}")
    print(f"{len(cases)} cases, {wrong} wrong")
    return 1 if wrong or not cases else 0


sys.exit(main())
