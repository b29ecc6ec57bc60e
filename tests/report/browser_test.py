"""The HTML page in a real browser: no script error, no request, and the filters filter.

browser_test.py XSAUDIT PROJECT [FOLDER-FOR-SCREENSHOTS]

Exits with 77 where there is no Chromium.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from hostile_result import SNIPPETS, hostile_result, real_result

SKIPPED = 77
PROGRAM, PROJECT, *SCREENSHOTS = sys.argv[1:]
FOLDER = pathlib.Path(tempfile.mkdtemp())
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def require(condition, message):
    if not condition:
        sys.exit(message)


def chromium(*arguments):
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return subprocess.run(
        [CHROMIUM, "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={FOLDER / 'profile'}", *sandbox, *arguments],
        capture_output=True, timeout=300, check=False,
    )


def page_of(result, name):
    saved = FOLDER / (name + ".json")
    saved.write_text(json.dumps(result))
    page = FOLDER / (name + ".html")
    subprocess.run([PROGRAM, "render", saved, "--report", f"html={page}"], check=True,
                   stdout=subprocess.DEVNULL)
    return page


def requests_in(log):
    """Addresses that the browser asked for, by its own account of the network."""
    text = log.read_text(encoding="utf-8", errors="replace")
    urls = set(re.findall(r'"url":"([^"]+)"', text))
    return {url for url in urls if not url.startswith(("file:", "data:", "chrome", "about:"))}


def opened(page, fragment=""):
    """The page's elements after its script has run."""
    log = FOLDER / "net.json"
    done = chromium("--enable-logging=stderr", f"--log-net-log={log}", "--virtual-time-budget=5000",
                    "--dump-dom", page.as_uri() + fragment)
    errors = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
    require(not errors, f"{page.name}: {errors}")
    asked = {url for url in requests_in(log) if "google" not in url and "gvt" not in url}
    require(not asked, f"{page.name} asked for {asked}")
    dom = done.stdout.decode("utf-8")
    require('data-ready="yes"' in dom, f"{page.name}: the script did not come to its end")
    return dom


def shown(dom):
    articles = re.findall(r'<article class="finding[^>]*>', dom)
    return [article for article in articles if "hidden" not in article]


def screenshot(page, name, *arguments):
    if SCREENSHOTS:
        target = pathlib.Path(SCREENSHOTS[0]) / (name + ".png")
        chromium(f"--screenshot={target}", "--window-size=1100,1700", *arguments, page.as_uri())


def main():
    if CHROMIUM is None:
        print("skipped: Chromium is not installed")
        sys.exit(SKIPPED)
    real = real_result(PROGRAM, pathlib.Path(PROJECT) / "examples/forged-frontend-link.txt")
    plain = page_of(real, "plain")
    dom = opened(plain)
    count = len(real["findings"])
    require(count > 0 and len(shown(dom)) == count, f"{len(shown(dom))} findings are shown")
    require('<div class="filters">' in dom, "the filters stay hidden")
    finding = real["findings"][0]
    subject = f"{finding['domain']}/{finding['device']}"
    require(len(shown(opened(plain, "#about=" + subject))) >= 1, "its own device hides the finding")
    require(not shown(opened(plain, "#about=9999")), "another guest's findings are shown")

    hostile = page_of(hostile_result(real), "hostile")
    dom = opened(hostile)
    require(len(shown(dom)) == len(SNIPPETS), f"{len(shown(dom))} hostile findings are shown")
    require(len(re.findall("<script", dom)) == 1 and "<img" not in dom, "markup of a guest")

    screenshot(plain, "light")
    screenshot(plain, "dark", "--blink-settings=preferredColorScheme=0", "--force-dark-mode")
    screenshot(hostile, "hostile")
    if SCREENSHOTS:
        chromium(f"--print-to-pdf={SCREENSHOTS[0]}/print.pdf", plain.as_uri())


main()
