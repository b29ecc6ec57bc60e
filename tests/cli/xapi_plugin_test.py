"""The program as a plugin of XAPI, called as XAPI calls it: xapi_plugin_test.py XSAUDIT PROJECT

The only argument is an XML-RPC call; the answer on standard output is parsed by Python's own reader, and the
exit status is 0 whatever happens.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xmlrpc.client

PROGRAM, PROJECT = sys.argv[1:]
SESSION = "OpaqueRef:0b43c1c4-8b4b-4c6d-9d66-2f1a4e5f7a10"
NO_STORE = {"XENSTORED_RUNDIR": "/no/such/place", "XENSTORED_PATH": "/no/such/place", "LC_ALL": "C.UTF-8"}


def require(condition, message):
    if not condition:
        sys.exit(message)


def escaped(text):
    for byte, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(byte, entity)
    return text


def by_rpclib(function, arguments):
    """As ocaml-rpc writes it: strings without an element of their own."""
    members = "".join(
        f"<member><name>{escaped(name)}</name><value>{escaped(value)}</value></member>"
        for name, value in arguments.items()
    )
    return (
        f'<?xml version="1.0"?><methodCall><methodName>{escaped(function)}</methodName><params><param>'
        f"<value>{SESSION}</value></param><param><value><struct>{members}</struct></value></param>"
        "</params></methodCall>"
    )


def by_python(function, arguments):
    """With <string>, newlines between the elements, and <struct> apart from its end."""
    return xmlrpc.client.dumps((SESSION, arguments), function)


def answer_to(document):
    run = subprocess.run(
        [PROGRAM, document], env=NO_STORE, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    require(run.returncode == 0, f"exit status {run.returncode}: {run.stderr}")
    require(not run.stderr, f"on standard error: {run.stderr}")
    (answer,), method = xmlrpc.client.loads(run.stdout)
    require(method is None and set(answer) in ({"Status", "Value"}, {"Status", "ErrorDescription"}), answer)
    return answer


def value_of(document):
    answer = answer_to(document)
    require(answer["Status"] == "Success", answer)
    return answer["Value"]


def error_of(document):
    answer = answer_to(document)
    require(answer["Status"] == "Failure", answer)
    code, _, plugin, text = answer["ErrorDescription"]
    require((code, plugin) == ("XENAPI_PLUGIN_FAILURE", "xsaudit"), answer)
    require(len(text) < 2000 and all(c == "\n" or " " <= c <= "~" for c in text), text)
    return text


def good_calls():
    for written in (by_rpclib, by_python):
        version = value_of(written("version", {}))
        require(version == subprocess.check_output([PROGRAM, "--version"], text=True), version)
        # Where there is no store, the report says so.
        result = json.loads(value_of(written("audit", {})))
        require(result["format"] == "xsaudit-result/1" and result["verdict"] == "incomplete", result)
        require("cannot connect" in result["sources"][0]["error"], result["sources"])
        result = json.loads(value_of(written("audit", {"format": "json", "fail_on": "high"})))
        require(result["fail_on"] == "high", result["fail_on"])
        for name, beginning in (("text", "live: not audited: "), ("nagios", "XSAUDIT UNKNOWN - "), ("html", "<!DOCTYPE html>")):
            text = value_of(written("audit", {"format": name}))
            require(text.startswith(beginning), text[:100])
    require(value_of(by_python("version", {}).replace("<struct>\n</struct>", "<struct/>")), "an empty struct")


def wrong_calls():
    evil = "\n\"'<&>;|`$(id)\\ --format=text -o /tmp/x"
    require("no function 'rm'" in error_of(by_rpclib("rm", {})), "another function")
    require("no function" in error_of(by_rpclib("audit --format text", {})), "a function with options")
    require("no function" in error_of(by_rpclib(evil, {})), "a hostile function")
    require("no function" in error_of(by_rpclib("version", {"a": "b"})), "arguments of version")
    require("no argument '-o'" in error_of(by_rpclib("audit", {"-o": "/tmp/x"})), "an option")
    require("no argument" in error_of(by_rpclib("audit", {evil: ""})), "a hostile name")
    require("no format" in error_of(by_rpclib("audit", {"format": evil})), "a hostile format")
    require("--fail-on" in error_of(by_rpclib("audit", {"fail_on": evil})), "a hostile severity")
    require("--fail-on" in error_of(by_rpclib("audit", {"fail_on": "low --quiet"})), "two options in one")


def documents_that_are_none():
    good = by_rpclib("version", {"": ""})
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>'
    wrong = [
        "<", "<>", "<?xml", "<?xml ", "<?xml ?>", "<a/>", "<methodCall/>", "<methodCall>", "<!-- -->" + good, entity + good,
        good.replace("?>", "?>" + entity), good + good, good + "x", good + "<", good.replace("</params>", ""),
        good.replace("version<", "&b;<"), good.replace("version<", "&#118;<"), good.replace("version<", "&lt<"),
        good.replace("<struct>", "<array>"), good.replace("<params>", "<params a='b'>"),
        good.replace("<value></value>", "<value><int>1</int></value>"),
        good.replace("<value></value>", "<value><struct></struct></value>"),
        good.replace("<value></value>", "<value>x<string></string></value>"),
        good.replace("<value></value>", "<value><![CDATA[x]]></value>"),
        good.replace("<member>", "<member>" * 1000), "<value>" * 5000, "<" + "x" * 70_000,
        by_rpclib("audit", {"format": "x" * 100_000}), by_rpclib("audit", {str(n): "" for n in range(40)}),
        good.replace("</struct>", "<member><name></name><value></value></member></struct>"),
    ]
    wrong += [good[:length] for length in range(1, len(good))]
    for document in wrong:
        require(document != good, "a document that was meant to be another")
        text = error_of(document)
        require("of the call is not" in text or "too long" in text, f"{document[:200]}: {text}")


def example():
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root) / "etc/xapi.d/plugins"
        folder.mkdir(parents=True)
        subprocess.run([f"{PROJECT}/examples/xapi/install.sh", root], check=True)
        require(os.readlink(folder / "xsaudit") == "/usr/local/bin/xsaudit", "another link")


good_calls()
wrong_calls()
documents_that_are_none()
example()
