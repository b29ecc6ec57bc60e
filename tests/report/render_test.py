"""Reports made of a saved result are the audit's own, and every report is the same byte for byte when
it is made again, on all cores or on one.

render_test.py XSAUDIT RECORDING...
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, *RECORDINGS = sys.argv[1:]
os.environ["SOURCE_DATE_EPOCH"] = "1800000000"  # reports contain the time of the audit


def run(*arguments, cores=None):
    done = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, check=False,
        preexec_fn=cores and (lambda: os.sched_setaffinity(0, cores)),
    )
    return done.stdout, done.returncode, done.stderr


def formats():
    """Those that the program itself names when it is asked for one that there is not."""
    message = run("audit", "--report", "none=x")[2].decode()
    names = re.search(r"FORMAT is one of ([a-z, ]+)", message).group(1).split(", ")
    if len(names) < 9:
        sys.exit(f"only these formats: {names}")
    return names


def main():
    names = formats()
    one_core = {min(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # Each alone, then all together with one that is not there.
        for sources in [[name] for name in RECORDINGS] + [RECORDINGS + ["no-such-file"]]:
            made = []
            for number, cores in enumerate((None, one_core)):
                files = {name: folder / f"{name}.{number}" for name in names}
                wanted = [part for name in names for part in ("--report", f"{name}={files[name]}")]
                run("audit", "--quiet", "--format", "json", *wanted, *sources, cores=cores)
                made.append({name: files[name].read_bytes() for name in names})
            for name in names:
                report = made[0][name]
                if not report:
                    sys.exit(f"{name} of {sources} is empty")
                if made[1][name] != report:
                    sys.exit(f"{name} of {sources} is another on one core")
                printed, audited, _ = run("audit", "--format", name, *sources)
                if printed != report:
                    sys.exit(f"{name} of {sources} is another on standard output")
                rendered, status, error = run("render", files["json"], "--format", name)
                # A plugin's exit status is the state, the same for the audit and the saved result.
                if status != (audited if name == "nagios" else 0):
                    sys.exit(f"render {name} of {sources}: {error.decode()}")
                if rendered != report:
                    sys.exit(f"{name} of {sources} is another when rendered")


main()
