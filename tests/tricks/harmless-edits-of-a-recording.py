#!/usr/bin/env python3
"""A recording is sent by mail, through an editor or a chat: a byte order mark, tabs in place of blanks,
a greeting above, marks of quotation, an indentation. The verdict stays. A sorted listing that is
indented has lost its nesting and is refused."""
import subprocess

from trickslib import PROGRAM, SCRATCH, TESTS, verdict

folder = TESTS / "dumps/lab-xen4.17-cxenstored"
text = (folder / "40-healthy.fp.txt").read_bytes()
lines = text.splitlines()
indented = (folder / "44-libxl-backend-swapped.plain.txt").read_bytes().splitlines()


def joined(all_lines, before=b""):
    return b"".join(before + line + b"\n" for line in all_lines)


edits = {
    "a byte order mark": (b"\xef\xbb\xbf" + text, 0),
    "tabs": (text.replace(b"   (", b"\t("), 0),
    "a quoted mail": (b"Hi,\n\n" + joined(lines, b"> ") + b"\nbest wishes\n", 0),
    "indented": (joined(lines, b"    "), 0),
    "blanks at the ends": (text.replace(b"\n", b"  \r\n"), 0),
    "between fences": (b"```\n" + text + b"```\n", 0),
    "below a prompt": (b"[root@host ~]# xenstore-ls -fp\n" + text + b"[root@host ~]# ", 0),
    "sorted": (joined(sorted(lines)), 0),
    "indented and sorted": (joined(sorted(indented)), 2),
}
problems = []
for name, (recording, wanted) in edits.items():
    path = SCRATCH / "recording.txt"
    path.write_bytes(recording)
    run = subprocess.run([PROGRAM, "audit", str(path)], capture_output=True, check=False)
    if run.returncode != wanted:
        problems.append(f"{name}: exit status {run.returncode}, not {wanted}")
verdict(problems, "the verdict stays")
