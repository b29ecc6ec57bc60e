#!/usr/bin/env python3
"""What a guest wrote finds a fault in the code that reads it. Each process of an audit that has a connection
to the store must by then be confined: at the first look, while the second is waited for, and with each way
to the store. A process that keeps its power has no connection, no output and no lock. (Needs root.)"""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from trickslib import PATIENCE, PROGRAM, SCRATCH, SKIPPED, Daemon, verdict

if os.geteuid() != 0:
    print("not tried: needs root")
    sys.exit(SKIPPED)
problems = []


def status(process):
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def opened(process):
    links = []
    try:
        for name in os.listdir(f"/proc/{process}/fd"):
            links.append(os.readlink(f"/proc/{process}/fd/{name}"))
    except OSError:
        pass
    return links


def confined(process):
    found = status(process)
    return (
        found.get("Seccomp", "").strip() == "2"
        and found["NoNewPrivs"].strip() == "1"
        and all(int(found[name], 16) == 0 for name in ("CapInh", "CapPrm", "CapEff", "CapBnd"))
        and found["Uid"].split() == ["65534"] * 4
    )


def processes_of(process):
    try:
        children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return [process]
    return [process] + [below for child in children for below in processes_of(int(child))]


def start(folder, *options):
    command = [PROGRAM, "audit", "--user", "nobody", "--recheck-after", "3600", "-o", folder / "report"]
    return subprocess.Popen(
        [*command, "--lock", folder / "lock", *options],
        env=dict(os.environ, XENSTORED_RUNDIR=str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def powers(folder, audit, readers):
    """What is wrong with the processes as they are now."""
    processes = processes_of(audit.pid)
    is_connected = lambda process: any(link.startswith("socket:") for link in opened(process))
    found = []
    if len([p for p in processes if is_connected(p) and confined(p)]) < readers:
        found.append(f"no {readers} confined processes are connected")
    outputs = (str(folder / "lock"), str(folder / ".xsaudit"))
    for process in processes:
        links = opened(process)
        if confined(process):
            continue
        name = "the program" if process == audit.pid else "a process that it started"
        if any(link.startswith("socket:") for link in links):
            found.append(f"{name} is connected and not confined: {status(process)}")
        if any(link.startswith(outputs) for link in links):
            found.append(f"{name} is not confined and holds {links}")
    return found


def check(when, folder, audit, readers):
    """Waits until so many processes are confined and connected, and no other has what it must not
    have. One that has just been started needs a moment to give up what it started with."""
    end = time.time() + PATIENCE
    while found := powers(folder, audit, readers):
        if time.time() > end or audit.poll() is not None:
            problems.extend(f"{when}: {problem}" for problem in found)
            return
        time.sleep(0.02)


# A store that says nothing: nothing of it is read yet.
for reader in ("wire", "libxenstore"):
    folder = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH))
    folder.chmod(0o755)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket"))
    listener.listen(64)
    for options in ((), ("--host-facts", "always")):
        audit = start(folder, "--transport", reader, *options)
        check(f"{reader}, before the first answer {options}", folder, audit, 2)
        audit.kill()
        audit.wait()

for kind in ("xenstored", "oxenstored"):
    daemon = Daemon(kind)
    daemon.folder.chmod(0o755)
    daemon.guests[2].write("device/vbd/51712/state", "5")
    for reader in ("wire", "libxenstore"):
        audit = start(daemon.folder, "--transport", reader, "--host-facts", "always")
        check(f"{kind}, {reader}, between the looks", daemon.folder, audit, 1)
        audit.kill()
        audit.wait()
    daemon.stop()
verdict(problems, "what reads the store has nothing that a guest could want")
