#!/usr/bin/env python3
"""A daemon invents a store without an end: directories below directories, names in a directory, levels
below a node, entries in each permission list. The audit stops reading and judging at its limits, in
nodes, bytes and time, and says that it is incomplete."""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from trickslib import PROGRAM, SCRATCH, TYPES, received, verdict

DIRECTORY_PART = 22
# Runs a command and says how much memory it took, in KiB: a process that is forked from a large one,
# as this one becomes, counts as that large.
MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
NAMES = {number: name for name, number in TYPES.items()} | {DIRECTORY_PART: "DIRECTORY_PART"}


class Endless:
    """Answers each request at once. `names` of a path, its `entries`, and whether lists come in parts.
    Counts the bytes that it sends."""

    def __init__(self, names, entries=lambda path: ["n0"], parts=False):
        self.names, self.entries, self.parts = names, entries, parts
        self.sent = 0
        self.lock = threading.Lock()
        self.folder = tempfile.mkdtemp(dir=SCRATCH)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.folder + "/socket")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        data = b""
        while more := received(client):
            data += more
            out = b""
            while len(data) >= 16:
                kind, number, transaction, size = struct.unpack_from("<IIII", data)
                if len(data) < 16 + size:
                    break
                reply_kind, reply = self.answer(NAMES.get(kind), data[16 : 16 + size])
                head = struct.pack("<IIII", reply_kind or kind, number, transaction, len(reply))
                out += head + reply
                data = data[16 + size :]
            with self.lock:
                self.sent += len(out)
            try:
                client.sendall(out)
            except OSError:
                return

    def answer(self, kind, payload):
        path = payload.split(b"\0")[0].decode()
        if kind == "DIRECTORY":
            if self.parts and path != "/":
                return TYPES["ERROR"], b"E2BIG\0"
            names = self.names(path)
            return None, names if isinstance(names, bytes) else texts(names)
        if kind == "DIRECTORY_PART":
            return None, PART
        if kind == "GET_PERMS":
            return None, texts(self.entries(path))
        if kind == "READ":
            return None, b"x"
        if kind == "WATCH":
            return None, b"OK\0"
        return TYPES["ERROR"], b"ENOSYS\0"

    def audit(self, *options):
        command = [sys.executable, "-c", MEASURED, PROGRAM, "audit", "--lock", "none"]
        command += ["--recheck-after", "0", "--format", "json", *options]
        environment = dict(os.environ, XENSTORED_RUNDIR=self.folder)
        # The address sanitizer would keep 256 MiB of what was freed.
        environment["ASAN_OPTIONS"] = "quarantine_size_mb=8:" + environment.get("ASAN_OPTIONS", "")
        done = subprocess.run(command, env=environment, capture_output=True)
        mebibytes = int(done.stderr.split()[-1]) // 1024
        return done.returncode, json.loads(done.stdout), mebibytes


def texts(all):
    return b"".join(one.encode() + b"\0" for one in all)


PART = b"1\0" + texts("%08d" % i for i in range(400))


def many(path):
    return ["n%d" % i for i in range(100)]


def one(path):
    return ["a"]


SHORT_NAMES = b"a\0" * 2**20


def long_lists(path):
    return many(path) if path == "/" else SHORT_NAMES


def own_list(path):
    start = hash(path) % 30000
    return ["n0"] + ["r%d" % (start + i) for i in range(500)]


def check(title, daemon, options, reason):
    status, result, mebibytes = daemon.audit(*options)
    peaks.append(mebibytes)
    incomplete = " ".join(result["sources"][0]["incomplete"])
    if status in (1, 3) and reason in incomplete:
        return []
    return [f"endless {title}, {options}: status {status}, incomplete: {incomplete}"]


peaks = []
problems = []
in_parts = Endless(many, parts=True)
for case in [
    ("directories", Endless(many), ("--max-nodes", "3000"), "more than 3000 nodes"),
    ("directories", Endless(many), ("--max-bytes", "5000"), "more than 5000 bytes"),
    ("levels", Endless(one), (), "a child cannot be asked for"),
    ("parts", in_parts, ("--max-bytes", "60000000"), "the names have more than"),
    ("lists", Endless(long_lists), ("--max-bytes", "5000000", "--pace", "none"), "listed twice"),
    ("entries", Endless(many, own_list), ("--max-bytes", "1000000"), "more than 1000000 bytes"),
]:
    problems += check(*case)
if in_parts.sent > 150_000_000:
    problems.append(f"lists in parts: {in_parts.sent} bytes were asked for, of 60,000,000")
most = max(peaks)
if most > 300:
    problems.append(f"an audit took {most} MiB")
# How much is read in a time depends on the machine, so that this is not measured.
in_time = ("--timeout", "1", "--judge-timeout", "1")
problems += check("directories", Endless(many), in_time, "it is an excerpt")
verdict(problems, f"an endless store ends at the limits, and is incomplete; at most {most} MiB")
