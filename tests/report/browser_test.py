"""The HTML page in a real browser: no script error, no request, nothing that lies over anything else,
and filters that filter.

browser_test.py XSAUDIT PROJECT GENERATE_STORE [FOLDER-FOR-SCREENSHOTS]

Exits with 77 where there is no Chromium.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import browser
from hostile_result import SNIPPETS, hostile_result, real_result

SKIPPED = 77
PROGRAM, PROJECT, GENERATE, *SCREENSHOTS = sys.argv[1:]

# Texts of a row of the picture that lie over each other, as "LEFT|RIGHT", or leave it.
OVERLAPS = """
(() => {
  const bad = [];
  const cut = (text) => text.slice(0, 60);
  for (const host of document.querySelectorAll('svg.host')) {
    const rows = new Map();
    for (const text of host.querySelectorAll('text')) {
      const box = text.getBBox();
      if (box.x + box.width > host.viewBox.baseVal.width) bad.push(cut(text.textContent) + '|');
      const y = Math.round(Number(text.getAttribute('y')) / 3);
      rows.set(y, [...(rows.get(y) ?? []), { box, text: text.textContent }]);
    }
    for (const row of rows.values()) {
      row.sort((a, b) => a.box.x - b.box.x);
      for (let i = 1; i < row.length; i += 1) {
        const end = row[i - 1].box.x + row[i - 1].box.width;
        if (end > row[i].box.x) bad.push(cut(row[i - 1].text) + '|' + cut(row[i].text));
      }
    }
  }
  return bad;
})()
"""
SHOWN = "document.querySelectorAll('.finding:not([hidden])').length"


def require(condition, message):
    if not condition:
        sys.exit(message)


class Pages:
    def __init__(self, folder):
        self.folder = folder
        self.window = browser.Browser(folder / "profile")

    def page_of(self, result, name):
        saved = self.folder / (name + ".json")
        saved.write_text(json.dumps(result))
        page = self.folder / (name + ".html")
        subprocess.run([PROGRAM, "render", saved, "--report", f"html={page}"], check=True,
                       stdout=subprocess.DEVNULL)
        return page

    def open(self, page):
        """In light and dark, on paper and in a narrow window; it stays open in a wide one."""
        window = self.window
        window.look()
        window.open(page.as_uri())
        ready = window.evaluate("document.documentElement.dataset.ready")
        require(ready == "yes", f"{page.name}: the script did not come to its end")
        views = {"light": {}, "dark": {"scheme": "dark"}, "narrow": {"width": 420},
                 "print": {"width": 760, "media": "print", "scheme": "dark"}}
        for view, how in views.items():
            window.look(**how)
            over = window.evaluate(OVERLAPS)
            require(not over, f"{page.name}, {view}: texts lie over each other: {over[:3]}")
            wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
            require(wide <= 0, f"{page.name}, {view}: {wide} pixels too wide")
            ground = window.evaluate("getComputedStyle(document.body).backgroundColor")
            require((ground == "rgb(20, 23, 27)") == (view == "dark"), f"{page.name}, {view}: {ground}")
            if SCREENSHOTS:
                window.screenshot(pathlib.Path(SCREENSHOTS[0]) / f"{page.stem}-{view}.png")
        if SCREENSHOTS:
            window.print(pathlib.Path(SCREENSHOTS[0]) / f"{page.stem}.pdf")
        window.look()
        require(not window.errors, f"{page.name}: {window.errors}")
        asked = [url for url in window.requests if url != page.as_uri()]
        require(not asked, f"{page.name} asked for {asked}")

    def shown(self):
        return self.window.evaluate(SHOWN)

    def require_shown(self, count, what):
        """A browser follows a link some time after the click on it."""
        deadline = time.monotonic() + 30
        while self.shown() != count and time.monotonic() < deadline:
            time.sleep(0.01)
        require(self.shown() == count, f"{what}: {self.shown()}, not {count}")

    def type(self, words):
        self.window.evaluate(
            "{ const field = document.querySelector('.filters input[type=search]');"
            f" field.value = {json.dumps(words)}; field.dispatchEvent(new Event('input')); }}")

    def click(self, selector):
        """Where somebody would: in the middle of it."""
        x, y = self.window.evaluate(
            f"(() => {{ const it = document.querySelector({json.dumps(selector)});"
            " it.scrollIntoView({block: 'center'});"
            " const box = it.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.window.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def filters(pages, result):
    """Each by itself, as its findings are counted in the result."""
    findings = result["findings"]
    pages.require_shown(len(findings), "findings that are shown")
    for severity in {finding["severity"] for finding in findings}:
        box = f".filters input[value={severity}]"
        others = sum(finding["severity"] != severity for finding in findings)
        pages.click(box)
        pages.require_shown(others, f"without {severity}")
        pages.click(box)
    rule = findings[-1]["rule"]
    pages.type(rule.upper() + " " + rule)
    of_rule = sum(finding["rule"] == rule for finding in findings)
    require(0 < pages.shown() <= len(findings) and pages.shown() >= of_rule, f"of {rule}: {pages.shown()}")
    pages.type("no such words")
    pages.require_shown(0, "with words that are nowhere")
    nothing = pages.window.evaluate("document.querySelector('.nothing').checkVisibility()")
    require(nothing, "an empty page does not say why")
    pages.type("")

    device = next(finding for finding in findings if finding["device"])
    subject = f"{device['domain']}/{device['device']}"
    its = sum(f"{one['domain']}/{one['device']}" == subject for one in findings)
    pages.click(f'.host a[href="#about={subject}"] .frontend')
    pages.require_shown(its, f"of {subject}")
    pages.click(f'.host a[href="#about={device["domain"]}"] .badge')
    its = sum(one["domain"] == device["domain"] for one in findings)
    pages.require_shown(its, f"of domain {device['domain']}")
    pages.click(".filters .about")
    pages.require_shown(len(findings), "with all of them back")


def generated(folder, *options):
    store = folder / "store.txt"
    with store.open("wb") as file:
        subprocess.run([GENERATE, *options], stdout=file, stderr=subprocess.DEVNULL, check=True)
    return real_result(PROGRAM, store)


def main():
    if browser.chromium() is None:
        print("skipped: Chromium is not installed")
        sys.exit(SKIPPED)
    project = pathlib.Path(PROJECT)
    dumps = project / "tests/dumps"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        pages = Pages(folder)
        try:
            forged = real_result(PROGRAM, project / "examples/forged-frontend-link.txt")
            pages.open(pages.page_of(forged, "forged"))
            filters(pages, forged)
            liar = real_result(PROGRAM, dumps / "lab-xen4.17-cxenstored/72-driver-domain-lies.fp.txt")
            pages.open(pages.page_of(liar, "driver-domain"))
            filters(pages, liar)
            pages.open(pages.page_of(real_result(PROGRAM, dumps / "cxenstored-97-hvm-dm-restrict.fp.txt"), "healthy"))
            require(pages.shown() == 0, "findings of a healthy host")
            many = generated(folder, "--domains", "100", "--faults", "20")
            pages.open(pages.page_of(many, "hundred"))
            filters(pages, many)

            pages.open(pages.page_of(hostile_result(forged), "hostile"))
            require(pages.shown() == len(SNIPPETS), f"{pages.shown()} hostile findings are shown")
            markup = pages.window.evaluate("document.querySelectorAll('script').length * 100 +"
                                           " document.querySelectorAll('img, iframe, object').length")
            require(markup == 100, "markup of a guest")
        finally:
            pages.window.close()


main()
