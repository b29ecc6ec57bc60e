"""What the tricks have in common: editing recordings of real stores, and real daemons (xenstored and
oxenstored of Xen 4.17, or those in the folder XSAUDIT_DAEMONS) with guests that talk over real rings.

A trick is called with the program as its only argument and ends with verdict(). daemon_stand_in.c of
tests/support takes the place of the hypervisor; it is compiled here unless XSAUDIT_STAND_IN_LIBRARY
names it.
"""

import atexit
import json
import mmap
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
PROGRAM = os.path.abspath(sys.argv[1])
SCRATCH = pathlib.Path(tempfile.mkdtemp(prefix="xsaudit-trick-"))
atexit.register(lambda: shutil.rmtree(SCRATCH, ignore_errors=True))

DAEMONS = pathlib.Path(os.environ.get("XSAUDIT_DAEMONS", "/usr/lib/xen-4.17/bin"))
SKIPPED = 77
SEVERITIES = ["info", "low", "medium", "high", "critical"]
PATIENCE = 60  # seconds for a daemon to answer; the machine may be busy


def verdict(problems, fine):
    """Ends the script. `problems`: what went wrong, one text each; `fine`: what to say if nothing did."""
    print("\n".join(problems) or fine, flush=True)
    sys.exit(1 if problems else 0)


# Recordings


def load(name="40-healthy"):
    """The nodes of a recording: a list of [path, value, permissions]. By the name of one in
    tests/dumps/lab-xen4.17-cxenstored, or by its path."""
    path = name if "/" in str(name) else TESTS / f"dumps/lab-xen4.17-cxenstored/{name}.fp.txt"
    nodes = []
    for line in open(path, encoding="latin1"):
        found = re.match(r'^(\S+) = "(.*)"\s+\(([^)]*)\)$', line.rstrip("\n"))
        if found:
            nodes.append(list(found.groups()))
    return nodes


def put(nodes, path, value=None, permissions=None):
    """Changes a node of a recording, or adds one with the permissions of its parent."""
    for node in nodes:
        if node[0] == path:
            node[1] = node[1] if value is None else value
            node[2] = node[2] if permissions is None else permissions
            return
    parent = path.rsplit("/", 1)[0]
    if not parent:
        nodes.append([path, value or "", permissions or "n0"])
        return
    last = max(i for i, n in enumerate(nodes) if n[0] == parent or n[0].startswith(parent + "/"))
    inherited = next(n[2] for n in nodes if n[0] == parent)
    nodes.insert(last + 1, [path, value or "", permissions or inherited])


def remove(nodes, path):
    nodes[:] = [n for n in nodes if n[0] != path and not n[0].startswith(path + "/")]


def write(nodes, name="recording.txt"):
    path = SCRATCH / name
    with open(path, "w", encoding="latin1") as file:
        for node in nodes:
            file.write('%s = "%s"   (%s)\n' % tuple(node))
    return path


def audit(nodes, *options):
    """The exit status and the result of an audit of a recording."""
    done = subprocess.run(
        [PROGRAM, "audit", "--format", "json", *options, write(nodes)], capture_output=True
    )
    return done.returncode, json.loads(done.stdout)


def found(result, least="low"):
    """The findings of a result from a severity upwards: "high frontend-link-forged /local/…"."""
    lowest = SEVERITIES.index(least)
    return [
        f"{one['severity']} {one['rule']} {one['path']}"
        for one in result["findings"]
        if SEVERITIES.index(one["severity"]) >= lowest
    ]


# Live stores

TYPES = {
    "DIRECTORY": 1, "READ": 2, "GET_PERMS": 3, "WATCH": 4, "TRANSACTION_START": 6,
    "TRANSACTION_END": 7, "INTRODUCE": 8, "RELEASE": 9, "WRITE": 11, "MKDIR": 12, "RM": 13,
    "SET_PERMS": 14, "WATCH_EVENT": 15, "ERROR": 16, "SET_TARGET": 19,
}  # fmt: skip


class StoreError(Exception):
    """What the daemon answers instead: its message is EACCES, ENOENT and the like."""


def raw(text):
    return text if isinstance(text, bytes) else text.encode("latin1")


class Client:
    """One client of a daemon. Its subclasses send and take bytes."""

    number = 0

    def request(self, kind, payload=b"", transaction=0):
        self.number += 1
        head = struct.pack("<IIII", TYPES[kind], self.number, transaction, len(payload))
        self.send(head + payload)
        while True:
            kind, _, _, size = struct.unpack("<IIII", self.take(16))
            reply = self.take(size)
            if kind == TYPES["WATCH_EVENT"]:
                continue
            if kind == TYPES["ERROR"]:
                raise StoreError(reply.rstrip(b"\0").decode())
            return reply

    def read(self, path):
        return self.request("READ", raw(path) + b"\0")

    def write(self, path, value):
        return self.request("WRITE", raw(path) + b"\0" + raw(value))

    def remove(self, path):
        return self.request("RM", raw(path) + b"\0")

    def permit(self, path, *entries):
        return self.request("SET_PERMS", b"".join(raw(t) + b"\0" for t in (path, *entries)))


class Control(Client):
    """A client by the daemon's socket, which may do everything."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)

    def send(self, data):
        self.socket.sendall(data)

    def take(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise StoreError("closed")
            data += part
        return data


class Guest(Client):
    """A domain that talks over its ring page, with exactly a guest's rights (xs_wire.h: 1,024 bytes
    of requests, 1,024 of replies, then where the consumer and the producer of each are)."""

    REQUESTS, REPLIES, RING = 0, 1024, 1024
    REQUESTS_READ, REQUESTS_WRITTEN, REPLIES_READ, REPLIES_WRITTEN = range(4)

    def __init__(self, daemon, domid):
        self.domid = domid
        path = daemon.folder / f"ring.{domid}"
        path.write_bytes(b"\0" * 4096)
        descriptor = os.open(path, os.O_RDWR)
        self.page = mmap.mmap(descriptor, 4096)
        os.close(descriptor)
        # Written and read as whole words: struct clears an integer before it writes its bytes, and a
        # daemon that reads the index in between takes the ring for broken.
        self.indexes = memoryview(self.page)[2048:2064].cast("I")
        self.events = os.open(daemon.folder / "events", os.O_WRONLY)
        daemon.control.request("INTRODUCE", b"%d\0%d\0%d\0" % (domid, 1, 1))

    def index(self, which):
        return self.indexes[which]

    def set_index(self, which, value):
        self.indexes[which] = value & 0xFFFFFFFF
        os.write(self.events, struct.pack("<I", 1000 + self.domid))

    def wait(self, condition):
        end = time.time() + PATIENCE
        again = time.time() + 1
        while not condition():
            time.sleep(0.00005)
            if time.time() > again:  # an event may come while the daemon still serves the one before
                os.write(self.events, struct.pack("<I", 1000 + self.domid))
                again = time.time() + 1
            if time.time() > end:
                raise StoreError("the daemon does not answer")

    def send(self, data):
        while data:
            used = lambda: self.index(self.REQUESTS_WRITTEN) - self.index(self.REQUESTS_READ)
            self.wait(lambda: used() & 0xFFFFFFFF < self.RING)
            place = self.index(self.REQUESTS_WRITTEN)
            size = min(len(data), self.RING - (used() & 0xFFFFFFFF))
            for i in range(size):
                self.page[self.REQUESTS + (place + i) % self.RING] = data[i]
            self.set_index(self.REQUESTS_WRITTEN, place + size)
            data = data[size:]

    def take(self, size):
        data = b""
        while len(data) < size:
            self.wait(lambda: self.index(self.REPLIES_WRITTEN) != self.index(self.REPLIES_READ))
            place = self.index(self.REPLIES_READ)
            there = (self.index(self.REPLIES_WRITTEN) - place) & 0xFFFFFFFF
            count = min(size - len(data), there)
            data += bytes(
                self.page[self.REPLIES + (place + i) % self.RING] for i in range(count)
            )
            self.set_index(self.REPLIES_READ, place + count)
        return data


def received(connection):
    """What came; nothing at the end of the connection, however it ended."""
    try:
        return connection.recv(65536)
    except OSError:
        return b""


class Proxy:
    """Stands between an audit and the daemon, and knows the audit's first look from its second: the
    first is over once every connection that was made use of is closed again and a whole store has
    gone through. `between` is called before the first request of the second look goes on. After
    `cut` bytes of replies the second look hears no more: the connection is closed or, if `hang`,
    silent."""

    WHOLE_STORE = 10_000  # bytes of replies

    def __init__(self, daemon, between=None, cut=None, hang=False):
        self.daemon, self.between, self.cut, self.hang = daemon, between, cut, hang
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH))
        self.lock = threading.Lock()
        self.in_use, self.replied = set(), 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / "socket"))
        self.listener.listen(64)
        self.second_look = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.daemon.socket)
            for relay in (self.requests, self.replies):
                threading.Thread(target=relay, args=(client, server), daemon=True).start()

    def requests(self, client, server):
        while data := received(client):
            with self.lock:
                over = not self.in_use and self.replied > self.WHOLE_STORE
                if over and not self.second_look:
                    self.second_look = True
                    if self.between:
                        self.between()
                self.in_use.add(client)
            try:
                server.sendall(data)
            except OSError:
                break
        with self.lock:
            self.in_use.discard(client)
        server.close()

    def replies(self, client, server):
        while data := received(server):
            if self.second_look and self.cut is not None:
                data = data[: self.cut]
                self.cut -= len(data)
                client.sendall(data)
                if self.cut > 0:
                    continue
                if not self.hang:
                    client.shutdown(socket.SHUT_RDWR)
                return
            self.replied += len(data)
            try:
                client.sendall(data)
            except OSError:  # the audit has closed it
                return


class Daemon:
    """A running daemon, "xenstored" or "oxenstored", with the store of a healthy host and its
    guests 1 and 2."""

    def __init__(self, kind, nodes=None):
        self.kind = kind
        program = DAEMONS / kind
        if not program.exists():
            print(f"not tried: {program} is not there")
            sys.exit(1 if os.environ.get("XSAUDIT_REQUIRE_DAEMONS") else SKIPPED)
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH))
        self.socket = str(self.folder / "socket")
        self.start(program)
        for path, value, permissions in load() if nodes is None else nodes:
            self.node(path, value, permissions)
        self.guests = {domid: Guest(self, domid) for domid in (1, 2)}

    def start(self, program):
        (self.folder / "ring.0").write_bytes(b"\0" * 4096)
        (self.folder / "port").write_text("1")
        os.mkfifo(self.folder / "events")
        command = [program, "-N"]
        if self.kind == "oxenstored":
            settings = self.folder / "oxenstored.conf"
            settings.write_text(
                f"pid-file = {self.folder}/pid\naccess-log-file = {self.folder}/log\n"
                f"xenstored-kva = {self.folder}/ring.0\nxenstored-port = {self.folder}/port\n"
            )
            command = [program, "--no-fork", "--config-file", settings]
        environment = dict(
            os.environ,
            LD_PRELOAD=stand_in_library(),
            XSAUDIT_STAND_IN=str(self.folder),
            XENSTORED_RUNDIR=str(self.folder),
        )
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        atexit.register(self.stop)
        end = time.time() + PATIENCE
        while True:
            try:
                self.control = Control(self.socket)
                self.control.read("/tool")
                return
            except (OSError, StoreError):
                if time.time() > end:
                    sys.exit("the daemon does not start")
                time.sleep(0.02)

    def node(self, path, value, permissions):
        """Makes a node as the toolstack would."""
        self.control.write(path, value)
        self.control.permit(path, *permissions.split(","))

    def audit(self, *options, folder=None):
        """The exit status and the result of an audit of the live store."""
        command = [PROGRAM, "audit", "--lock", "none", "--format", "json", *options]
        environment = dict(os.environ, XENSTORED_RUNDIR=str(folder or self.folder))
        done = subprocess.run(command, env=environment, capture_output=True)
        if not done.stdout:
            sys.exit("the audit said nothing: " + done.stderr.decode())
        return done.returncode, json.loads(done.stdout)

    def look_once(self, *options):
        return self.audit("--recheck-after", "0", *options)

    def look_twice(self, between=None, options=(), **how):
        """An audit that looks again; `between` is called between the two looks. See Proxy."""
        proxy = Proxy(self, between, **how)
        return self.audit("--recheck-after", "1", *options, folder=proxy.folder)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def stand_in_library():
    given = os.environ.get("XSAUDIT_STAND_IN_LIBRARY")
    if given:
        return given
    made = SCRATCH / "stand_in.so"
    if not made.exists():
        source = TESTS / "support/daemon_stand_in.c"
        subprocess.check_call(["gcc", "-shared", "-fPIC", "-w", "-o", made, source, "-ldl"])
    return str(made)


def each_daemon():
    """One daemon of each kind after the other, each with a store of its own."""
    for kind in ("xenstored", "oxenstored"):
        daemon = Daemon(kind)
        yield daemon
        daemon.stop()
