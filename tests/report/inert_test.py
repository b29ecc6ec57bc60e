"""What a guest writes comes out of every format as text, and as nothing else.

inert_test.py FORMAT XSAUDIT PROJECT

Renders a result full of what is special somewhere, and takes the report apart with that format's own
parser. Exits with 77 where that parser is not installed.
"""

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

from hostile_result import SNIPPETS, escaped, hostile_result, real_result

SKIPPED = 77


def require(condition, message):
    if not condition:
        sys.exit(message)


def need(tool):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed")
        sys.exit(SKIPPED)


def check_characters(text):
    """Nothing that a terminal or a viewer would act on; lines end in newlines."""
    for character in text:
        code = ord(character)
        require(
            character == "\n" or 0x20 <= code < 0x7F or code >= 0xA0,
            f"the report has the character U+{code:04X}",
        )


def shows(text, snippet):
    return escaped(snippet)[:150] in text


def check_text(text, _):
    require(all(c == "\n" or " " <= c <= "~" for c in text), "more than printable ASCII")
    require(shows(text, SNIPPETS[3]), "the value is not shown")
    for line in text.splitlines():
        require(not line.startswith(("::", "#")), f"a guest began the line {line[:60]}")


def check_json(text, context):
    result = json.loads(text)
    require(result == context.result, "reading and writing changed the result")


def check_jsonl(text, context):
    lines = [json.loads(line) for line in text.splitlines()]
    kinds = [line["type"] for line in lines]
    count = len(SNIPPETS)
    require(
        kinds == ["audit", "source"] + ["finding"] * count + ["not_evaluated"] * count,
        f"the lines are {kinds}",
    )
    require(lines[2]["evidence"][0]["value"] == escaped(SNIPPETS[0]), "the value is another")
    require(lines[2]["title"] and lines[2]["source_name"], "a line does not stand alone")


def check_sarif(text, context):
    log = json.loads(text)
    try:
        import jsonschema
    except ImportError:
        print("skipped: python3-jsonschema is not installed")
        sys.exit(SKIPPED)
    schema = json.loads((context.tests / "schemas/sarif-schema-2.1.0.json").read_text())
    for error in jsonschema.Draft4Validator(schema).iter_errors(log):
        sys.exit(f"{list(error.absolute_path)}: {error.message}")
    run = log["runs"][0]
    require(len(run["results"]) == len(SNIPPETS), "a result is missing")
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        require(rule["help"]["text"] and rule["fullDescription"]["text"], "a rule without help")
        float(rule["properties"]["security-severity"])
    for result in run["results"]:
        require(rules[result["ruleIndex"]]["id"] == result["ruleId"], "another rule's index")
        require(result["fingerprints"], "no fingerprint")
        messages = [result["message"]] + [one["message"] for one in result["relatedLocations"]]
        for message in messages + [one["message"] for one in run["invocations"][0]["toolExecutionNotifications"]]:
            plain = message["text"].replace("{{", "").replace("}}", "")
            require("{" not in plain and "}" not in plain, f"a placeholder in {plain[:80]}")
            require(not re.search(r"(?<!\\)[\[\]]", plain), f"a link in {plain[:80]}")
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            require(re.fullmatch(r"[A-Za-z0-9%._~/:-]+", uri), f"no URI: {uri}")


def check_junit(text, context):
    need("xmllint")
    root = xml.etree.ElementTree.fromstring(text)
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        schema = context.tests / "schemas/JUnit.xsd"
        subprocess.run(["xmllint", "--noout", "--schema", schema, file.name], check=True)
    suite = root[0]
    cases = suite.findall("testcase")
    require(len(cases) == len(context.result["rules"]) + 1, "not a test case for each rule")
    require(int(suite.get("tests")) == len(cases), "tests miscounted")
    failed = [case for case in cases if case.find("failure") is not None]
    require(int(suite.get("failures")) == len(failed) == 1, "failures miscounted")
    require(shows(failed[0].find("failure").text, SNIPPETS[2]), "the value is not shown")
    tags = {element.tag for element in root.iter()}
    require(
        tags <= {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error",
                 "skipped", "system-out", "system-err"},
        f"elements nobody meant: {tags}",
    )


def check_github(text, _):
    """As the runner reads it: a command is a line that begins with "::" (or has "##[" in it)."""
    lines = text.split("\n")
    commands = [line for line in lines if line.lstrip().startswith("::")]
    for command in commands:
        require(
            re.fullmatch(r"::(error|warning|notice) file=[^,:]*(,line=[0-9]+)?,title=[^,:]*::.*", command),
            f"not the command that was meant: {command[:120]}",
        )
    require(len(commands) == len(SNIPPETS) + 1, f"{len(commands)} commands")
    for line in lines:
        require(line.startswith("::") or "##[" not in line, f"an older command: {line[:120]}")
    require(any("%5B" in c or "\\x1b[2J" in c for c in commands), "the value is not shown")


def check_prometheus(text, context):
    need("promtool")
    run = subprocess.run(
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False
    )
    require(run.returncode == 0, run.stdout + run.stderr)
    known = {rule["id"] for rule in context.result["rules"]}
    known |= {"info", "low", "medium", "high", "critical", context.result["version"]}
    labels = re.findall(r'="((?:[^"\\]|\\.)*)"', text)
    require(set(labels) <= known, f"labels: {set(labels) - known}")
    total = sum(int(n) for n in re.findall(r"^xsaudit_findings\{.*\} (\d+)$", text, re.MULTILINE))
    require(total == len(SNIPPETS), f"{total} findings counted")


def check_plugin_text(text):
    """Printable ASCII, and of backslashes only those of \\xNN: Nagios and Checkmk know \\n."""
    require(re.fullmatch(r"(?:[ -\[\]-~]|\\x[0-9a-f]{2})*", text), f"a control character or an escape: {text[:200]}")
    require(not set("|`$<>") & set(text), f"a character with a meaning: {text[:200]}")


def check_nagios(text, _):
    """As Nagios reads it: performance data begin at "|", the long text at the second line."""
    require(text.endswith("\n") and len(text) < 4096, f"{len(text)} bytes")
    first, *long_text = text[:-1].split("\n")
    require(len(first) <= 900, f"the first line has {len(first)} bytes")
    shown, performance = first.split(" | ")
    count = len(SNIPPETS)
    require(shown.startswith(f"XSAUDIT CRITICAL - {count} findings ({count} high), "), shown[:100])
    require(re.fullmatch(r"(?:[a-z]+=\d+;0?;0?;0 ?)+", performance), performance)
    for line in [shown, *long_text]:
        check_plugin_text(line)
        require(line.startswith(("XSAUDIT", "incomplete audit: ", "high: ", "and ")), line[:100])
    require("more findings" in long_text[-1], "nothing was left out")


def check_checkmk(text, _):
    """As the local check's parser reads it: state, item in quotes, metrics, text; \\n in it ends a line."""
    lines = text[:-1].split("\n")
    require(len(lines) == 1 + len(SNIPPETS), f"{len(lines)} lines")
    items = set()
    for line in lines:
        found = re.fullmatch(r'2 "([^"\'\\|;]+)" (-|[a-z0-9=|]+) (.*)', line)
        require(found, line[:200])
        items.add(found.group(1))
        for part in found.group(3).split("\\n"):
            check_plugin_text(part)
            require(re.match(r"XSAUDIT|incomplete audit: |high: |and |\d+ findings? ", part), part[:100])
    require(len(items) == len(lines), f"two services with one name: {items}")


def check_zabbix(text, context):
    """As zabbix_sender reads it."""
    need("zabbix_sender")
    for line in text.splitlines():
        require(line.startswith(("- xsaudit.", '- "xsaudit.guest.')), line[:100])
    with tempfile.TemporaryDirectory() as folder:
        port = pathlib.Path(folder) / "port"
        helper = context.tests.parent / "support/zabbix_server.py"
        with subprocess.Popen([sys.executable, helper, port], stdout=subprocess.PIPE) as server:
            while not port.exists():
                require(server.poll() is None, "the server has ended")
                time.sleep(0.01)
            sent = subprocess.run(
                ["zabbix_sender", "-vv", "-z", "127.0.0.1", "-p", port.read_text(), "-s", "dom0", "-i", "-"],
                input=text, text=True, capture_output=True, check=False,
            )
            require(sent.returncode == 0, sent.stdout + sent.stderr)
            values = json.load(server.stdout)
    require(len(values) == len(text.splitlines()), f"{len(values)} values")
    require(all(value["host"] == "dom0" for value in values), "another host")
    values = {value["key"]: value["value"] for value in values}
    require(values["xsaudit.state"] == "2", values["xsaudit.state"])
    guests = [guest["{#GUEST}"] for guest in json.loads(values["xsaudit.guests"])]
    require(len(set(guests)) == len(SNIPPETS), f"{len(guests)} guests")
    for guest in guests:
        require(re.fullmatch(r"[A-Za-z0-9._:@+/# -]+", guest), guest)
        require(values.pop(f"xsaudit.guest.state[{guest}]") == "2", guest)
        check_plugin_text(values.pop(f"xsaudit.guest.text[{guest}]"))
    check_plugin_text(values["xsaudit.text"])
    numbers = {f"xsaudit.findings[{name}]" for name in ("critical", "high", "medium", "low")}
    numbers |= {"xsaudit.suppressed", "xsaudit.known", "xsaudit.nodes"}
    require(set(values) == numbers | {"xsaudit.state", "xsaudit.text", "xsaudit.guests"}, str(set(values)))


class Markup(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text, self.raw = {}, [], [], {}
        self.inside = None

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += attrs
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside in ("script", "style"):
            self.raw[self.inside] = data
        else:
            self.text.append(data)

    def handle_comment(self, data):
        sys.exit(f"a comment: {data[:80]}")


def parsed(text):
    markup = Markup()
    markup.feed(text)
    markup.close()
    return markup


def check_markdown(text, _):
    need("cmark-gfm")
    extensions = [part for name in ("autolink", "table", "strikethrough") for part in ("-e", name)]
    page = subprocess.run(
        ["cmark-gfm", "--unsafe", *extensions], input=text, text=True, capture_output=True, check=True
    ).stdout
    markup = parsed(page)
    tags = set(markup.tags)
    require(tags <= {"h1", "h2", "h3", "p", "ul", "li", "code", "pre"}, f"elements: {tags}")
    require(markup.tags["h3"] == len(SNIPPETS), f"{markup.tags['h3']} findings")
    text = "".join(markup.text)
    for snippet in SNIPPETS:
        require(shows(text, snippet), f"not shown: {escaped(snippet)[:80]}")
    # Outside code nothing of a guest may stand, where @names would be called.
    outside = re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)
    require("@" not in outside and "http" not in outside, "a mention or a link outside code")


def check_html(text, _):
    markup = parsed(text)
    known = {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "p", "div",
        "label", "input", "span", "button", "section", "svg", "text", "rect", "path", "a", "g",
        "article", "dl", "dt", "dd", "code", "pre", "details", "summary", "ul", "li", "table", "thead",
        "tbody", "tr", "th", "td", "script",
    }
    require(set(markup.tags) <= known, f"elements: {set(markup.tags) - known}")
    require(markup.tags["script"] == 1 and markup.tags["style"] == 1, "scripts or styles")
    require(markup.tags["article"] == len(SNIPPETS), f"{markup.tags['article']} findings")
    for name, value in markup.attributes:
        require(not name.startswith("on") and name not in ("src", "style", "srcdoc"), name)
        require(name != "href" or value.startswith("#about="), f"a link to {value}")
    policy = next(
        value for name, value in markup.attributes if name == "content" and "default-src" in value
    )
    require("default-src 'none'" in policy and "unsafe" not in policy, policy)
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(markup.raw[kind].encode()).digest()).decode()
        require(f"{kind}-src 'sha256-{digest}'" in policy, f"the policy is not for this {kind}")
    shown = "".join(markup.text)
    for snippet in SNIPPETS:
        require(shows(shown, snippet), f"not shown: {escaped(snippet)[:80]}")


class Context:
    def __init__(self, program, project):
        self.tests = pathlib.Path(project) / "tests/report"
        recording = pathlib.Path(project) / "examples/forged-frontend-link.txt"
        self.result = hostile_result(real_result(program, recording))


def main():
    name, program, project = sys.argv[1:]
    context = Context(program, project)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(context.result, file)
        file.flush()
        run = subprocess.run(
            [program, "render", file.name, "--format", name], stdout=subprocess.PIPE, check=False
        )
    # A plugin's exit status is the state; the findings are of severity high.
    expected = 2 if name == "nagios" else 0
    require(run.returncode == expected, f"render exits with {run.returncode}")
    text = run.stdout.decode("utf-8")
    check_characters(text)
    globals()["check_" + name](text, context)


main()
