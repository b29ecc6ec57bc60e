#!/usr/bin/env python3
"""A rule finds a password by the node's name, where the schema does not call the node a secret; another rule
quotes the value of the same node. No form of the report, no log and no baseline has the password in it, nor
anything that short passwords could be tried against."""
import subprocess

from trickslib import PROGRAM, SCRATCH, load, put, verdict, write

PASSWORD = "S3cr3tPW"
PLACES = (
    ("/local/domain/2/data/password", "n2,r1"),
    ("/local/domain/2/data/Root-Passwd", "n2,r1"),
    ("/local/domain/2/device/vif/0/passwd", "n2,r0,r1"),
    ("/local/domain/2/data/secret", "r2"),
    ("/local/domain/2/data/own-passphrase", "n2"),
    ("/local/domain/2/console/vnc-pass", "n0,r2"),
)
FORMS = "text html markdown json jsonl sarif junit github prometheus nagios checkmk zabbix".split()
QUOTES = """
id: quotes-values
title: A rule that quotes what it is about
severity: low
class: hygiene
match: ['/local/domain/2/**']
let:
  said: value
assert: "value.size() != %d"
message: "{node} holds {value}, that is {said}, that is {value(node)}"
evidence: [parent(node), value]
known_by: [values, permissions, value, said]
why: It is for a test.
fix: |
  xenstore-write {node} {value}
""" % len(PASSWORD)

problems = []
rules = SCRATCH / "rules"
rules.mkdir()
(rules / "quotes-values.yaml").write_text(QUOTES)


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True)
    states = range(4) if "nagios" in arguments else (0, 1, 3)
    if done.returncode not in states:
        problems.append(f"{arguments}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout + done.stderr


def outputs(path, permissions, password, *options):
    """All that the program writes about a store with this password in it."""
    nodes = load()
    put(nodes, path, password, permissions)
    recording = write(nodes, "store.txt")
    said = {}
    reports = [("--report", f"{form}={SCRATCH / form}") for form in FORMS]
    baseline, log = SCRATCH / "baseline.json", SCRATCH / "log.txt"
    for file in (baseline, log):
        file.unlink(missing_ok=True)
    flags = ("--add-rules", rules, "--write-baseline", baseline, "--log", log, *options)
    said["standard output"] = run("audit", *flags, *sum(reports, ()), recording)
    for name in (*FORMS, "baseline.json", "log.txt"):
        said[name] = (SCRATCH / name).read_bytes()
    for form in FORMS:
        said["rendered " + form] = run("render", "--format", form, SCRATCH / "json")
    said["devices"] = run("devices", recording)
    said["explain"] = run("explain", path)
    return said


for path, permissions in PLACES:
    said = outputs(path, permissions, PASSWORD)
    if b"quotes-values" not in said["json"]:
        problems.append(f"{path}: the other rule does not fire")
    for name, text in said.items():
        if PASSWORD.encode() in text:
            problems.append(f"{path}: {name} shows the password")
    other = outputs(path, permissions, PASSWORD[::-1])
    if said["baseline.json"] != other["baseline.json"]:
        problems.append(f"{path}: the baseline depends on the password")
    shown = outputs(path, permissions, PASSWORD, "--show-secrets")
    if PASSWORD.encode() not in shown["json"]:
        problems.append(f"{path}: --show-secrets does not show it")
    if said["baseline.json"] != shown["baseline.json"]:
        problems.append(f"{path}: the baseline depends on --show-secrets")
verdict(problems, "a password is nowhere in what is said of it")
