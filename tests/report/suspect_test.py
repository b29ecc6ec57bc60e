"""suspect_test.py XSAUDIT RECORDING: the recording of a driver domain that lies about whom it
serves (domain 1 "netdd" about domain 2 "user"): each report that a person reads has the driver
domain as the suspect and the guest as the victim, and the picture marks the former's backend and
its link, not the guest's correct one."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

PROGRAM, RECORDING = sys.argv[1:]


def report(form):
    done = subprocess.run([PROGRAM, "audit", "--format", form, RECORDING], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return done.stdout


def check(what, condition):
    if not condition:
        sys.exit(f"failed: {what}")


text = report("text")
headings = [line for line in text.splitlines() if line.startswith("domain ")]
check("the suspect is the heading", headings[0].startswith('domain 1 "netdd"'))
check("text: suspect", re.search(r'^ +suspect +domain 1 "netdd"', text, re.M))
check("text: victim", re.search(r'^ +victim +domain 2 "user", vif/0$', text, re.M))
who = [line for line in text.splitlines() if " could have " in line]
check("who: one node", len(who) == 1 and 'domain 1 "netdd" could have written' in who[0])

markdown = report("markdown")
check("markdown: suspect", '- suspect: ` domain 1 "netdd"' in markdown)
for form in ("github", "sarif", "junit"):
    plain = report(form).replace('\\"', '"').replace("&quot;", '"')
    check(f"{form}: suspect", 'suspect: domain 1 "netdd"' in plain)
    check(f"{form}: victim", 'victim: domain 2 "user", vif/0' in plain)

page = report("html")
svg = ET.fromstring(re.search(r"<svg.*?</svg>", page, re.S).group(0))
width = 660  # where the guests' boxes end and the backends' begin


def badges(wanted):
    return [rect for rect in svg.iter("rect") if rect.get("class") == f"badge {wanted}"]


check("one badge for the finding", len(badges("high")) == 1)
check("it is in the box of the driver domain", int(badges("high")[0].get("x")) > width)
check("the guest is marked as the victim", [int(r.get("x")) < width for r in badges("victim")] == [True])
devices = [g for g in svg.iter("g") if g.get("class", "").startswith("device")]
check("no device of the guest is marked as at fault",
      not [g for g in devices if g.get("class") == "device high"])
(victim,) = [g for g in devices if g.get("class") == "device victim"]
links = [path.get("class") for path in victim.findall("path")]
check("the guest's own link is not marked", "link" in links and "link wrong" not in links)
(accused,) = victim.findall("g")
check("the backend is marked", accused.get("class") == "high")
check("with its rectangle", [r.get("class") for r in accused.findall("rect")] == ["backend wrong"])
check("and its link", "link wrong" in [p.get("class") for p in accused.findall("path")])
check("a click on the suspect shows the finding", 'data-suspect="1"' in page)
check("as one on the victim's device", 'data-about="2/vif/0"' in page)
