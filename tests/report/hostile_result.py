"""A saved result with a guest's bytes wherever a guest can put some.

Made from a real one, so that nothing is missing that an audit would give.
"""

import copy
import json
import subprocess

# What is special to some format, terminal, shell or parser.
SNIPPETS = [
    bytes(range(256)),
    b"\x1b[2J\x1b]0;title\x07\x9b31m",
    b"]]> <![CDATA[ <!-- --> <?xml?> &amp; &#0; &evil;",
    b"</script><script>alert(1)</script>",
    b"</style></svg></title><img src=x onerror=alert(1)>",
    b"\"><a href='javascript:alert(1)' onclick=alert(1)>",
    b"\n::error::forged\r\n::set-output name=a::b\n##[error]forged",
    b"{{7*7}} {0} {constructor.constructor('alert(1)')()} ${7*7} <%= 7 %>",
    b"[click](javascript:alert(1)) ![i](http://example.org/x) <http://example.org> www.example.org",
    b"```\n# heading\n| a | b |\n|---|---|\n@root #1 `x` ``y`` ~~~ *b* _i_",
    b"'; rm -rf / #\" `id` $(id) \\",
    b"\xff\xfe\xc0\xaf\xed\xa0\x80\xef\xbf\xbf\xe2\x80\xae\xe2\x80\xa8",
    b"xsaudit_findings{severity=\"high\"} 0\n# EOF",
    b"\0" * 4000,
    b"`" * 4000,
]


def escaped(data):
    """As schema/result.schema.json describes it."""
    special = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t", ord("\\"): "\\\\"}
    return "".join(
        special.get(byte, chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data
    )


def real_result(program, recording):
    run = subprocess.run(
        [program, "audit", "--format", "json", recording], stdout=subprocess.PIPE, check=False
    )
    return json.loads(run.stdout)


def hostile_result(real):
    """One finding, one device, one domain and one undecided rule for each snippet."""
    result = copy.deepcopy(real)
    source = result["sources"][0]
    finding = result["findings"][0]
    device = source["devices"][0]
    source["name"] = escaped(SNIPPETS[0])
    source["host"] = escaped(SNIPPETS[1])
    result["findings"], result["not_evaluated"] = [], []
    source["domains"], source["devices"], source["gaps"] = [], [], []
    for number, snippet in enumerate(SNIPPETS):
        text = escaped(snippet)
        path = "/" + text
        source["domains"].append({"domain": number, "name": text, "uuid": text})
        source["gaps"].append({"place": path, "message": text})
        one = copy.deepcopy(device)
        one.update(domain=number, kind=text, id=text, backend_domain=0, backend_kind=text)
        for part, other in (("record", "backend"), ("frontend", "backend"), ("backend", "frontend")):
            one[part].update({"path": path, "presence": "present", other: path + part})
            if part != "record":
                one[part].update({"state": text, "state_name": None})
        source["devices"].append(one)
        found = copy.deepcopy(finding)
        found.update(path=path, domain=number, domain_name=text, domain_uuid=text)
        found.update(device=text + "/" + text, message="it says " + text, fix="xenstore-rm " + text)
        guest = {"domain": number, "name": text, "uuid": text}
        found.update(suspect=guest, victim={"domain": 99, "name": text, "uuid": text})
        found.update(who={"path": path, "part": "value", "domains": {"domains": [number]},
                          "through": path + text, "named": [guest]})
        found.update(count=7, samples=[path, path])
        for evidence in found["evidence"]:
            evidence.update(path=path, presence="present", value=text, permissions="n3,r0")
            evidence.update(controllers={"domains": [3]}, controlled_through=path)
        result["findings"].append(found)
        result["not_evaluated"].append({
            "rule": finding["rule"], "source": 0, "path": path, "reason": path + ": " + text,
            "by_form": False, "count": 2, "everywhere": False,
        })
    source["gap_count"] = len(source["gaps"])
    source["incomplete"] = [escaped(snippet) for snippet in SNIPPETS]
    source["complete"] = False
    result["summary"][finding["severity"]] = len(result["findings"])
    return result
