// Rule files: what is refused, with the place in the file, and what a loaded rule says of itself.
#include "rules/rule.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

const std::string kRule = R"(id: some-rule
title: Something is wrong
severity: high
class: security
match: ~/name
assert: value == 'x'
message: "{node}"
why: because
)";

Result<RuleSet> load(const std::vector<std::string>& texts) {
  std::vector<TextFile> files;
  for (const std::string& text : texts) {
    files.push_back({std::string(1, static_cast<char>('a' + files.size())) + ".yaml", text});
  }
  return RuleSet::load(files, test_schema());
}

std::string refusal(const std::vector<std::string>& texts) {
  const auto rules = load(texts);
  return rules ? "accepted" : rules.error().text();
}
std::string refusal(const std::string& text) { return refusal(std::vector<std::string>{text}); }

// The rule with one line replaced, or with a line more.
std::string with(const std::string& line) {
  const std::string key = line.substr(0, line.find(':') + 1);
  const std::size_t begin = ("\n" + kRule).find("\n" + key);
  if (begin == std::string::npos) return kRule + line + "\n";
  return kRule.substr(0, begin) + line + kRule.substr(kRule.find('\n', begin));
}
std::string without(const std::string& key) {
  const std::size_t begin = kRule.find(key + ":");
  return kRule.substr(0, begin) + kRule.substr(kRule.find('\n', begin) + 1);
}

TEST_CASE("a rule says of itself what its file says") {
  const auto rules = load({R"(id: a-rule
title: Something is wrong
severity: medium
class: lifecycle
match: [~/name, "/vm/$UUID/{name,uuid}"]
assert: value != ''
message: "{node}"
why: >
  Because of
  this.
fix: "xenstore-rm {node}"
exceptions: [none that is known]
refs: [XSA-1, XSA-2]
tests:
  fires: anything, it is not looked at yet
)"});
  REQUIRE(rules.ok());
  const Rule* const rule = rules->find("a-rule");
  REQUIRE(rule != nullptr);
  CHECK(rule->title == "Something is wrong");
  CHECK(rule->severity == Severity::medium);
  CHECK(to_text(rule->category) == std::string("lifecycle"));
  CHECK(rule->match == std::vector<std::string>{"~/name", "/vm/$UUID/{name,uuid}"});
  CHECK(rule->program->match.alternatives.size() == 3);
  CHECK(rule->why == "Because of this.\n");
  CHECK(rule->fix == "xenstore-rm {node}");
  CHECK(rule->exceptions == std::vector<std::string>{"none that is known"});
  CHECK(rule->references == std::vector<std::string>{"XSA-1", "XSA-2"});
  CHECK(rule->file == "a.yaml");
  CHECK(rule->tests->root().get("tests").place() == "a.yaml:15:3");
  CHECK(rules->find("b-rule") == nullptr);
}

TEST_CASE("what is missing or unknown in a rule file is named, with its place") {
  CHECK(refusal(kRule) == "accepted");
  for (const char* key :
       {"id", "title", "severity", "class", "match", "assert", "message", "why"}) {
    CAPTURE(key);
    CHECK(refusal(without(key)).find("'" + std::string(key) + "' is missing") != std::string::npos);
  }
  CHECK(refusal(kRule + "serverity: low\n") ==
        "a.yaml:9:1: unknown key 'serverity' (did you mean 'severity'?)");
  CHECK(refusal(with("id: Some_Rule")) ==
        "a.yaml:1:5: 'Some_Rule' is not an id (small letters, digits and '-')");
  CHECK(refusal(with("title: ''")) == "a.yaml:2:8: it must not be empty");
  CHECK(refusal(with("severity: bad")) ==
        "a.yaml:3:11: expected info, low, medium, high or critical, found 'bad'");
  CHECK(refusal(with("class: fun")) ==
        "a.yaml:4:8: unknown class 'fun' (security, hygiene, "
        "lifecycle, quota or integrity)");
  CHECK(refusal(with("match: name")) == "a.yaml:5:8: a pattern begins with '/' or '~'");
  CHECK(refusal(with("match: []")) == "a.yaml:5:8: a rule matches at least one pattern");
  CHECK(refusal(with("match: ~/a/$")).substr(0, 12) == "a.yaml:5:12:");
  CHECK(refusal("id: x\nid: y\n").find("the key 'id' is there twice") != std::string::npos);
  CHECK(refusal("- a\n").find("expected a map") != std::string::npos);
  CHECK(refusal("").find("expected a map") != std::string::npos);
}

TEST_CASE("errors in expressions point into the file") {
  CHECK(refusal(with("assert: value = 'x'")) ==
        "a.yaml:6:15: '=' has no meaning here (equality is written ==)");
  CHECK(refusal(with("assert: \"value == 'x' && nodee\"")) ==
        "a.yaml:6:26: there is no name 'nodee' here (did you mean 'node'?)");
  CHECK(refusal(with("assert: value")) == "a.yaml:6:9: expected true or false, this is a text");
  CHECK(refusal(with("assert: |\n  true &&\n  vallue('/a') == ''")) ==
        "a.yaml:8:3: there is no function 'vallue' (did you mean 'value'?)");
  CHECK(refusal(with("assert: [true]")) == "a.yaml:6:9: expected a text, found a list");
  CHECK(refusal(with("message: 'a {nod}'")) ==
        "a.yaml:7:14: there is no name 'nod' here (did you mean 'node'?)");
  CHECK(refusal(with("message: 'a {node'")) ==
        "a.yaml:7:14: '{' without '}' (write a literal brace twice: {{)");
  CHECK(refusal(with("when: DOMID")) == "a.yaml:9:7: expected true or false, this is a number");
  CHECK(refusal(with("fix: '{x}'")) == "a.yaml:9:8: there is no name 'x' here");
  CHECK(refusal(with("evidence: [node, DOMID]")) ==
        "a.yaml:9:18: evidence is a path or a list of paths, not a number");
  CHECK(refusal(with("evidence: \"children(node)\"")) == "accepted");
}

TEST_CASE("names under let are used in the order they are written") {
  CHECK(refusal(with("let: {a: value, b: a + 'x'}")) == "accepted");
  CHECK(refusal(with("let: {b: a + 'x', a: value}")).substr(0, 12) == "a.yaml:9:10:");
  CHECK(refusal(with("let: {node: value}")) == "a.yaml:9:7: 'node' is a name already");
  CHECK(refusal(with("let: {DOMID: '3'}")) == "a.yaml:9:7: 'DOMID' is a name already");
  CHECK(refusal(with("let: {a-b: value}")) ==
        "a.yaml:9:7: 'a-b' is not a name (letters, digits and '_')");
  CHECK(refusal(with("let: [value]")) == "a.yaml:9:6: expected names with an expression each");
  std::string many = "let:\n";
  for (int i = 0; i < 70; ++i) many += "  n" + std::to_string(i) + ": value\n";
  CHECK(refusal(with(many)).find("more than 64 names in one rule") != std::string::npos);
}

TEST_CASE("severity_when, report and superseded_by take what they are described to take") {
  CHECK(refusal(with("severity_when: [{when: value == '', severity: low}]")) == "accepted");
  CHECK(refusal(with("severity_when: [{when: value, severity: low}]")) ==
        "a.yaml:9:24: expected true or false, this is a text");
  CHECK(refusal(with("severity_when: [{if: true, severity: low}]")) ==
        "a.yaml:9:18: unknown key 'if'");
  CHECK(refusal(with("severity_when: high")).find("a.yaml:9:16: expected a list") == 0);
  CHECK(refusal(with("report: subtree")) == "accepted");
  CHECK(refusal(with("report: {once_per: DOMID}")) == "accepted");
  CHECK(refusal(with("report: {once_per: 'DOMID == 1'}")) ==
        "a.yaml:9:20: expected a text or a number, this is true or false");
  CHECK(refusal(with("report: all")) ==
        "a.yaml:9:9: unknown way to report 'all' ('subtree', 'note', or "
        "{once_per: an expression})");
  CHECK(refusal(with("superseded_by: [other-rule]")) ==
        "a.yaml:9:17: there is no rule 'other-rule'");
  CHECK(refusal(with("superseded_by: [some-rul]")) ==
        "a.yaml:9:17: there is no rule 'some-rul' (did you mean 'some-rule'?)");
  CHECK(refusal(with("superseded_by: [some-rule]")) ==
        "a.yaml:9:17: 'some-rule' supersedes itself in the end");
  CHECK(refusal(with("superseded_by: [{rule: some-rule}]")).find("'at' is missing") !=
        std::string::npos);
}

TEST_CASE("a rule cannot yield to one that is never as severe") {
  const auto grave = [](const std::string& id, const std::string& severities,
                        const std::string& more = "") {
    std::string rule = "id: " + id + kRule.substr(kRule.find('\n')) + more;
    return rule.replace(rule.find("severity: high"), 14, severities);
  };
  const std::string cases = "severity: low\nseverity_when: [{when: value == '', severity: medium}]";
  const std::string yields = "superseded_by: [b]\n";
  CHECK(refusal({grave("a", "severity: high", yields), grave("b", "severity: medium")}) ==
        "a.yaml:9:17: 'a', of severity high or above, cannot be superseded by 'b', which is never "
        "above "
        "medium (exclude healthy states with 'when')");
  CHECK(refusal({grave("a", "severity: high", yields), grave("b", cases)}) != "accepted");
  CHECK(refusal({grave("a", "severity: medium", yields), grave("b", cases)}) == "accepted");
  CHECK(refusal({grave("a", cases, yields), grave("b", "severity: low")}) == "accepted");
  CHECK(refusal({grave("a", cases, yields), grave("b", "severity: info")}) != "accepted");
}

TEST_CASE("rules of one set are told apart by their ids") {
  const auto named = [](const std::string& id, const std::string& more = "") {
    return "id: " + id + kRule.substr(kRule.find('\n')) + more;
  };
  CHECK(refusal({named("x"), named("y"), named("x")}) ==
        "c.yaml:1:5: there are two rules with the id 'x' (the other one is in a.yaml)");
  const auto rules =
      load({named("b"), named("c", "superseded_by: [b]\n"), named("a", "superseded_by: [c]\n")});
  REQUIRE(rules.ok());
  CHECK(rules->rules()[0].id == "a");
  CHECK(rules->rules()[2].id == "c");
  // b before c before a.
  CHECK(rules->order() == std::vector<std::size_t>{1, 2, 0});
  CHECK(refusal({named("a", "superseded_by: [b]\n"), named("b", "superseded_by: [a]\n")})
            .find("supersedes itself in the end") != std::string::npos);
}

TEST_CASE("tests come last in a rule file, and are read only when they are run") {
  CHECK(refusal(kRule + "tests: {unknown: key}\n") == "accepted");
  CHECK(refusal(kRule + "tests:\n  fires: x\nrefs: [a]\n") ==
        "a.yaml:11:1: 'tests' is the last key of a rule (move this before it)");
}

}  // namespace
}  // namespace xsaudit
