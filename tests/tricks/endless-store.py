#!/usr/bin/env python3
"""A daemon invents a store without an end: directories below directories, names in a directory, levels
below a node, entries in each permission list. The audit stops reading and judging at its limits, in
nodes, bytes and time, and says that it is incomplete."""
import json
import os
import resource
import socket
import struct
import subprocess
import tempfile
import threading

from trickslib import PROGRAM, SCRATCH, TYPES, received, verdict

DIRECTORY_PART = 22
NAMES = {number: name for name, number in TYPES.items()} | {DIRECTORY_PART: "DIRECTORY_PART"}


class Endless:
    """Answers each request at once. `names` of a path, its `entries`, and whether lists come in parts."""

    def __init__(self, names, entries=lambda path: ["n0"], parts=False):
        self.names, self.entries, self.parts = names, entries, parts
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
            try:
                client.sendall(out)
            except OSError:
                return

    def answer(self, kind, payload):
        path = payload.split(b"\0")[0].decode()
        texts = lambda all: b"".join(one.encode() + b"\0" for one in all)
        if kind == "DIRECTORY":
            if self.parts and path != "/":
                return TYPES["ERROR"], b"E2BIG\0"
            return None, texts(self.names(path))
        if kind == "DIRECTORY_PART":
            offset = int(payload.split(b"\0")[1])
            return None, b"1\0" + texts("%08d" % (offset // 9 + i) for i in range(400))
        if kind == "GET_PERMS":
            return None, texts(self.entries(path))
        if kind == "READ":
            return None, b"x"
        if kind == "WATCH":
            return None, b"OK\0"
        return TYPES["ERROR"], b"ENOSYS\0"

    def audit(self, *options):
        command = [PROGRAM, "audit", "--lock", "none", "--settle", "0", "--format", "json", *options]
        environment = dict(os.environ, XENSTORED_RUNDIR=self.folder)
        done = subprocess.run(command, env=environment, capture_output=True)
        return done.returncode, json.loads(done.stdout)


def many(path):
    return ["n%d" % i for i in range(100)]


def one(path):
    return ["a"]


def own_list(path):
    start = hash(path) % 30000
    return ["n0"] + ["r%d" % (start + i) for i in range(500)]


def check(title, daemon, options, reason):
    status, result = daemon.audit(*options)
    incomplete = " ".join(result["sources"][0]["incomplete"])
    if status in (1, 3) and reason in incomplete:
        return []
    return [f"endless {title}, {options}: status {status}, incomplete: {incomplete}"]


problems = []
for case in [
    ("directories", Endless(many), ("--max-nodes", "3000"), "more than 3000 nodes"),
    ("directories", Endless(many), ("--max-bytes", "5000"), "more than 5000 bytes"),
    ("levels", Endless(one), (), "a child cannot be asked for"),
    ("names", Endless(many, parts=True), (), "has no meaning"),
    ("entries", Endless(many, own_list), ("--max-bytes", "1000000"), "more than 1000000 bytes"),
]:
    problems += check(*case)
# What is read in a time depends on the machine, so that this comes after the measurement.
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
if most > 2048:
    problems.append(f"an audit took {most} MiB")
in_time = ("--timeout", "2", "--judge-timeout", "5")
problems += check("directories", Endless(many), in_time, "it is an excerpt")
verdict(problems, f"an endless store ends at the limits, and is incomplete; at most {most} MiB")
