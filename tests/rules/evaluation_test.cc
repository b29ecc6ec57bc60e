// Running rules: what is found, where, how grave, how often; and what could not be decided.
#include <algorithm>
#include <random>

#include "rules_support.h"

namespace xsaudit {
namespace {

std::string rule(const std::string& id, const std::string& rest) {
  std::string text = "id: " + id + "\ntitle: T\nclass: security\nwhy: w\n" + rest;
  const auto add = [&](const std::string& key, const std::string& value) {
    if (("\n" + text).find("\n" + key + ":") == std::string::npos)
      text += key + ": " + value + "\n";
  };
  add("severity", "medium");
  add("message", "'{node}'");
  return text;
}

RuleSet rules(const std::vector<std::string>& texts) {
  std::vector<TextFile> files;
  for (const std::string& text : texts) files.push_back({"r.yaml", text});
  auto set = RuleSet::load(files, test_schema());
  if (!set) FAIL(set.error().text());
  return *std::move(set);
}

// "severity id path", for each violation.
std::vector<std::string> found(const Evaluation& result) {
  std::vector<std::string> out;
  for (const Violation& one : result.violations) {
    out.push_back(std::string(to_text(one.severity)) + " " + one.rule->id + " " + one.path);
  }
  return out;
}
using Found = std::vector<std::string>;

TEST_CASE("a rule is violated where it applies and its assertion does not hold") {
  const TestFacts store(store_of(R"(
    /local/domain/3/name = "a"   (n0)
    /local/domain/4/name = ""   (n0)
    /local/domain/5/name = "b"   (n0)
    /local/domain/5/vm = "x"   (n0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: ~/name
let: {named: value != ''}
when: named
assert: exists(path('~/vm'))
message: "domain {DOMID} is called {value}"
fix: "xenstore-rm {node}"
evidence: [path('~/vm'), node, value, children(path('/local/domain'))]
)")});
  const Evaluation result = evaluate(set, store.facts());
  REQUIRE(found(result) == Found{"medium r /local/domain/3/name"});
  const Violation& one = result.violations[0];
  CHECK(one.message == "domain 3 is called a");
  CHECK(one.fix == "xenstore-rm /local/domain/3/name");
  CHECK(one.bindings == std::vector<std::pair<std::string, std::string>>{{"DOMID", "3"}});
  CHECK(one.evidence == std::vector<std::string>{"/local/domain/3/name", "/local/domain/3/vm"});
  CHECK(one.node == store.snapshot().find("/local/domain/3/name"));
  CHECK(one.count == 1);
  CHECK(result.not_evaluated.empty());
}

TEST_CASE("a rule with several patterns knows the names of all, and tells a node once") {
  const TestFacts store(store_of(R"(
    /a/1/x = "1"   (n0)
    /b/2 = "2"   (n0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: ["/b/$PEER", "/a/$PEER/$KIND", "/{a,b}/*/x"]
assert: "false"
message: "{PEER} {KIND}"
)")});
  const Evaluation result = evaluate(set, store.facts());
  REQUIRE(found(result) == Found{"medium r /a/1/x", "medium r /b/2"});
  CHECK(result.violations[0].message == "1 x");
  CHECK(result.violations[1].message == "2 nothing");
  CHECK(result.violations[1].bindings ==
        std::vector<std::pair<std::string, std::string>>{{"PEER", "2"}});
}

TEST_CASE("the severity is that of the first condition that holds") {
  const TestFacts store(store_of(R"(
    /a/1 = "low"   (n0)
    /a/2 = "critical"   (n0)
    /a/3 = "x"   (n0)
    /a/4 = "\..."   (n0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: /a/*
assert: exists('/none')
severity_when:
  - {when: value == 'low', severity: low}
  - {when: value == 'critical' || value == 'low', severity: critical}
)")});
  CHECK(found(evaluate(set, store.facts())) ==
        Found{"low r /a/1", "critical r /a/2", "medium r /a/3", "medium r /a/4"});
}

TEST_CASE("what rests on a domain that is only inferred to be dead weighs less") {
  const std::string text = R"(
    /libxl/3 = ""   (n0)
    /local/domain/3 = ""   (n0)
    /x/3 = ""   (n0)
    /x/4 = ""   (n0)
  )";
  const RuleSet set = rules({rule("r", R"(
match: /x/$DOMID
assert: alive(DOMID) && exists('/none')
)")});
  const TestFacts inferred(store_of(text));
  const Evaluation by_inference = evaluate(set, inferred.facts());
  CHECK(found(by_inference) == Found{"medium r /x/3", "low r /x/4"});
  CHECK(by_inference.violations[0].message == "/x/3");
  CHECK(by_inference.violations[1].message ==
        "/x/4 (relies on running domains inferred from the store)");
  const TestFacts given(store_of(text), std::vector<Domid>{0, 3});
  const Evaluation by_list = evaluate(set, given.facts());
  CHECK(found(by_list) == Found{"medium r /x/3", "medium r /x/4"});
  CHECK(by_list.violations[1].message == "/x/4 (relies on the given list of running domains)");
}

TEST_CASE("a fault of a whole subtree is told once, at its top") {
  const TestFacts store(store_of(R"(
    /a = ""   (b0)
    /a/b = ""   (b0)
    /a/b/c = ""   (b0)
    /a/d = ""   (n0)
    /a/d/e = ""   (b0)
    /a/f = ""   (b0)
    /g = ""   (b0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: /**
assert: default_access(node) == 'n'
report: subtree
)")});
  const Evaluation result = evaluate(set, store.facts());
  REQUIRE(found(result) == Found{"medium r /a", "medium r /a/d/e", "medium r /g"});
  CHECK(result.violations[0].count == 4);
  CHECK(result.violations[0].samples == std::vector<std::string>{"/a/b", "/a/b/c", "/a/f"});
  CHECK(result.violations[1].count == 1);
  CHECK(result.violations[1].samples.empty());
}

TEST_CASE("a fault can be told once for each value of an expression") {
  const TestFacts store(store_of(R"(
    /local/domain/3/a = "1"   (n0)
    /local/domain/3/b = "1"   (n0)
    /local/domain/4/a = "1"   (n0)
    /local/domain/4/b = "\..."   (n0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: ~/$NAME
assert: "false"
report: {once_per: DOMID}
)"),
                             rule("s", R"(
match: ~/$NAME
assert: "false"
report: {once_per: value}
)")});
  const Evaluation result = evaluate(set, store.facts());
  REQUIRE(found(result) == Found{"medium r /local/domain/3/a", "medium r /local/domain/4/a",
                                 "medium s /local/domain/3/a", "medium s /local/domain/4/b"});
  CHECK(result.violations[0].count == 2);
  CHECK(result.violations[0].samples == std::vector<std::string>{"/local/domain/3/b"});
  CHECK(result.violations[2].count == 3);
}

TEST_CASE("a rule is silent where one that it yields to fires") {
  const TestFacts store(store_of(R"(
    /a/1 = "bad"   (n0)
    /a/2 = "worse"   (n0)
    /a/3 = "bad"   (n0)
    /b/3 = "worse"   (n0)
  )"));
  const RuleSet set = rules({
      rule("bad",
           "match: /a/$PEER\nassert: value == ''\n"
           "superseded_by: [worse, {rule: worse, at: path('/b/$PEER')}]\n"),
      rule("worse", "match: /{a,b}/*\nassert: value != 'worse'\nsuperseded_by: [worst]\n"),
      rule("worst", "match: /b/*\nassert: 'false'\n"),
  });
  // `bad` yields at /a/3 to what `worse` found at /b/3, though that one is spoken for by `worst`.
  CHECK(found(evaluate(set, store.facts())) ==
        Found{"medium bad /a/1", "medium worse /a/2", "medium worst /b/3"});
}

// Each letter in a value violates the rule of that name with the severity behind it: a1 is low. a
// yields to b, b to c, and c to d at the node above.
TEST_CASE("a rule yields only to what is as severe, through others too") {
  const auto letter = [](const std::string& name, const std::string& yields) {
    std::string cases;
    for (const char* one : {"0 info", "1 low", "2 medium", "3 high"}) {
      cases += "{when: value.contains('" + name + std::string(1, one[0]) +
               "'), severity: " + std::string(one + 2) + "}, ";
    }
    return "id: " + name +
           "\ntitle: t\nseverity: medium\nclass: security\nwhy: x\nmessage: '{node}'\n" +
           "match: [/t, /t/*]\nassert: \"!value.contains('" + name + "')\"\nseverity_when: [" +
           cases + "]\n" + yields;
  };
  const RuleSet set =
      *RuleSet::load({{"a.yaml", letter("a", "superseded_by: [b]\n")},
                      {"b.yaml", letter("b", "superseded_by: [c]\n")},
                      {"c.yaml", letter("c", "superseded_by: [{rule: d, at: parent(node)}]\n")},
                      {"d.yaml", letter("d", "report: note\n")}},
                     test_schema());
  const auto told = [&](const std::string& top, const std::string& below) {
    const TestFacts store(
        store_of("/t = \"" + top + "\"   (n0)\n/t/x = \"" + below + "\"   (n0)\n"));
    std::string text;
    for (const std::string& one : found(evaluate(set, store.facts()))) text += one + "; ";
    return text;
  };
  CHECK(told("", "a1b1") == "low b /t/x; ");
  CHECK(told("", "a2b1") == "medium a /t/x; low b /t/x; ");
  CHECK(told("", "a3b0") == "high a /t/x; info b /t/x; ");
  // b is silent because of c, which speaks for a if it is as severe as a, whatever b is.
  CHECK(told("", "a2b1c2") == "medium c /t/x; ");
  CHECK(told("", "a1b2c2") == "medium c /t/x; ");
  CHECK(told("", "a3b1c2") == "high a /t/x; medium c /t/x; ");
  CHECK(told("", "a1b3c2") == "high b /t/x; medium c /t/x; ");
  CHECK(told("", "a3b3c2") == "high b /t/x; medium c /t/x; ");
  // Elsewhere, and to what is only a line.
  CHECK(told("d2", "a1b1c1") == "medium d /t; ");
  CHECK(told("d1", "a1b1c2") == "medium c /t/x; low d /t; ");
  CHECK(told("d0", "c1") == "low c /t/x; info d /t; ");
  CHECK(told("d0", "a0b0c0") == "info d /t; ");
}

TEST_CASE("what could not be decided is listed with its reason, once for each reason") {
  const TestFacts store(store_of(R"(
    /a/1 = "\..."   (n0)
    /a/2 = "\..."   (n0)
    /a/3:
    /a/4 = "x"   (n0)
    /a/5 = ""   (n0)
  )"));
  const RuleSet set = rules({rule("r", R"(
match: /a/$PEER
when: PEER != 5
assert: value == 'x'
)")});
  const Evaluation result = evaluate(set, store.facts());
  CHECK(result.violations.empty());
  REQUIRE(result.not_evaluated.size() == 2);
  const NotEvaluated& cut = result.not_evaluated[0];
  const NotEvaluated& unread = result.not_evaluated[1];
  CHECK(cut.path == "/a/3");
  CHECK(cut.reason == "/a/3: its value is not known: it could not be read");
  CHECK(cut.count == 1);
  CHECK(unread.path == "/a/1");
  CHECK(unread.reason == "/a/1: its value is not known: it was truncated by the recording");
  CHECK(unread.count == 2);
  CHECK_FALSE(unread.by_form);
}

TEST_CASE("an unknown condition matters only if the other does not decide") {
  const TestFacts store(store_of(R"(
    /a/1 = "\..."   (n0)
  )"));
  const auto run = [&](const std::string& when, const std::string& assertion) {
    const RuleSet set =
        rules({rule("r", "match: /a/1\nwhen: \"" + when + "\"\nassert: \"" + assertion + "\"\n")});
    const Evaluation result = evaluate(set, store.facts());
    return result.violations.empty() ? result.not_evaluated.empty() ? "holds" : "unknown"
                                     : "violated";
  };
  const std::string unknown = "value == 'x'";
  CHECK(run("true", "true") == std::string("holds"));
  CHECK(run("true", "false") == std::string("violated"));
  CHECK(run("false", "false") == std::string("holds"));
  CHECK(run("false", unknown) == std::string("holds"));
  CHECK(run(unknown, "true") == std::string("holds"));
  CHECK(run(unknown, "false") == std::string("unknown"));
  CHECK(run("true", unknown) == std::string("unknown"));
  CHECK(run(unknown, unknown) == std::string("unknown"));
}

TEST_CASE("places where a match may be missing are not passed over") {
  const RuleSet set = rules({rule("r", "match: /a/$PEER/x\nassert: value == ''\n")});
  const TestFacts unreadable(store_of("/a/1/x = \"\"   (n0)\n/a/2:\n"));
  const Evaluation one = evaluate(set, unreadable.facts());
  REQUIRE(one.not_evaluated.size() == 1);
  CHECK(one.not_evaluated[0].path == "/a/2");
  CHECK(one.not_evaluated[0].reason ==
        "/a/2: its children are not all known: it could not be read");
  const TestFacts excerpt(store_of(FixtureStore{"/b = \"\"   (n0)", Coverage::excerpt}));
  const Evaluation two = evaluate(set, excerpt.facts());
  REQUIRE(two.not_evaluated.size() == 1);
  CHECK(two.not_evaluated[0].path == "/");
}

namespace {

RuleSet rules_of_the_living_and_the_dead() {
  return rules({rule("broken", R"(
match: ~/data/x
when: alive(DOMID)
assert: value == 'fine'
severity: high
message: "{value} is broken"
)"),
                rule("left", R"(
match: "~"
assert: alive(DOMID)
severity: low
)"),
                rule("dead-only", R"(
match: ~/data/y
assert: alive(DOMID)
)"),
                rule("always", R"(
match: ~/data/x
assert: "false"
severity: info
)")});
}

}  // namespace

TEST_CASE("what is wrong whether a domain is alive or dead is found") {
  const RuleSet set = rules_of_the_living_and_the_dead();
  const TestFacts store(store_of(FixtureStore{R"(
    /local/domain/3 = ""   (n0)
    /local/domain/3/data/x = "bad"   (n0)
    /local/domain/4 = ""   (n0)
    /local/domain/4/data/x = "fine"   (n0)
    /local/domain/4/data/y = ""   (n0)
  )",
                                              Coverage::excerpt}));
  REQUIRE(store.facts().liveness.state(3) == Liveness::State::unknown);
  const Evaluation result = evaluate(set, store.facts());
  // It weighs what the lesser of the two faults does (that one less, as it is inferred).
  CHECK(found(result) == Found{"info always /local/domain/3/data/x",
                               "info always /local/domain/4/data/x",
                               "info broken /local/domain/3/data/x"});
  CHECK(result.violations.back().message ==
        "bad is broken (whether domain 3 is running is not known; if not, this is left over)");
  for (const NotEvaluated& entry : result.not_evaluated) {
    if (entry.rule->id != "left" || !entry.by_liveness) continue;
    CHECK(entry.reason ==
          "whether domains 3 and 4 were running is unknown; list the domains that were running "
          "with --domains");
    CHECK_FALSE(entry.by_form);
  }
}

TEST_CASE("where it is known which domains are alive nothing is assumed") {
  const RuleSet set = rules_of_the_living_and_the_dead();
  const FixtureStore store{
      "/local/domain/3 = \"\"   (n0)\n/local/domain/3/data/x = \"bad\"   (n0)\n",
      Coverage::excerpt};
  const TestFacts dead(store_of(store), std::vector<Domid>{});
  CHECK(found(evaluate(set, dead.facts())) ==
        Found{"info always /local/domain/3/data/x", "low left /local/domain/3"});
  const TestFacts alive(store_of(store), std::vector<Domid>{3});
  CHECK(found(evaluate(set, alive.facts())) ==
        Found{"info always /local/domain/3/data/x", "high broken /local/domain/3/data/x"});
}

TEST_CASE("where it is not known where a node lies, only what does not depend on it is decided") {
  const RuleSet set = rules(
      {rule("open", "match: /**\nassert: default_access(node) == 'n'\n"),
       rule("unknown", "match: /**\nwhen: node != '/'\nassert: in_schema(node)\n"),
       rule("outside", "match: /**\nwhen: node != '/'\nassert: matches_pattern(node, '~/**')\n"),
       rule("homeless", "match: /**\nwhen: node != '/'\nassert: domain_of(node) != null\n"),
       rule("device", "match: /**\nwhen: node != '/'\nassert: device_part(node) == null\n"),
       rule("top", "match: /$NAME\nassert: \"false\"\n")});
  const TestFacts store(
      store_of(FixtureStore{"/@unplaced/data/note = \"\"   (b3)\n", Coverage::excerpt}));
  const Evaluation result = evaluate(set, store.facts());
  CHECK(found(result) == Found{"medium open /@unplaced/data/note"});
  for (const char* id : {"unknown", "outside", "homeless", "device"}) {
    CAPTURE(id);
    CHECK(std::any_of(result.not_evaluated.begin(), result.not_evaluated.end(),
                      [&](const NotEvaluated& entry) {
                        return entry.rule->id == id &&
                               entry.reason.find("where in the store it lies") != std::string::npos;
                      }));
  }
}

TEST_CASE("what a form never holds is told apart from what a recording lacks") {
  const RuleSet set = rules({rule("r", "match: /**\nassert: default_access(node) == 'n'\n")});
  const TestFacts store(store_of("/a = \"\"   (n0)"));
  const Evaluation result = evaluate(set, store.facts());
  REQUIRE(result.not_evaluated.size() == 1);
  CHECK(result.not_evaluated[0].path == "/");
  CHECK(result.not_evaluated[0].by_form);
}

TEST_CASE("a guest that breaks a rule everywhere is told some times and then counted") {
  std::string text;
  for (int i = 0; i < 150; ++i) {
    text += "/local/domain/3/data/" + std::to_string(i) + " = \"\"   (b3)\n";
  }
  for (int i = 0; i < 120; ++i) {
    text += "/local/domain/4/data/" + std::to_string(i) + " = \"\"   (b4)\n";
  }
  text += "/local/domain/5/data/x = \"\"   (b5)\n";
  const TestFacts store(store_of(text));
  const RuleSet set = rules({rule("r", R"(
match: /**
assert: default_access(node) == 'n'
severity_when: [{when: name(node) == '99', severity: critical}]
)")});
  const Evaluation result = evaluate(set, store.facts());
  std::uint64_t told = 0;
  std::uint64_t of_three = 0;
  for (const Violation& one : result.violations) {
    told += one.count;
    if (one.path.starts_with("/local/domain/3/")) ++of_three;
  }
  CHECK(told == 150 + 120 + 1);
  CHECK(of_three == 26);
  CHECK(result.violations.size() == 26 + 26 + 1);
  const auto rest = std::find_if(result.violations.begin(), result.violations.end(),
                                 [](const Violation& one) { return one.count > 1; });
  REQUIRE(rest != result.violations.end());
  CHECK(rest->count == 125);
  CHECK(rest->severity == Severity::critical);
  CHECK(rest->message.find("at 125 more") != std::string::npos);
  CHECK(rest->samples.size() == 5);
}

TEST_CASE("assertions over permissions alone are remembered by list, and that changes nothing") {
  std::mt19937 random(7);
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const auto entry = [&] {
      return std::string(1, "nrwb"[random() % 4]) + std::to_string(random() % 6);
    };
    text += "/x/" + std::to_string(i) + " = \"\"   (" + entry() +
            (random() % 2 == 0 ? "," + entry() : "") + ")\n";
  }
  text += "/x/unread:\n/local/domain/1/vm = \"\"   (n0)\n/local/domain/2/vm = \"\"   (n0)\n";
  const TestFacts store(store_of(text));
  const char* const assertions[] = {
      "default_access(node) == 'n'",
      "owner(node) in [0, 1, 2]",
      "alive(owner(node))",
      "entries(node).all(e, alive(domid(e)) || domid(e) == 0)",
      "readers(node).size() <= 1 && !(5 in writers(node))",
      "named == 3 || perms(node).size() < 3",
      "!any('/local/domain/$PEER', PEER == owner(node))",
  };
  for (const char* const assertion : assertions) {
    CAPTURE(assertion);
    const std::string let = "let: {named: owner(node)}\nwhen: \"name(node) != '7'\"\n";
    const auto run = [&](const std::string& asserted) {
      const RuleSet set =
          rules({rule("r", "match: /x/*\n" + let + "assert: \"" + asserted + "\"\n")});
      const Evaluation result = evaluate(set, store.facts());
      Found all = found(result);
      for (const Violation& one : result.violations) all.push_back(one.message);
      for (const NotEvaluated& one : result.not_evaluated) all.push_back(one.reason);
      return all;
    };
    const Found remembered = run(assertion);
    // The name of the node matters, so nothing can be remembered.
    CHECK(remembered == run(std::string("name(node) == '' || (") + assertion + ")"));
    CHECK(remembered.size() > 3);
  }
}

TEST_CASE("evaluating twice gives the same, in the same order") {
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += "/a/" + std::to_string(i * 7 % 50) + " = \"" + std::to_string(i % 5) + "\"   (b0)\n";
  }
  const TestFacts store(store_of(text));
  const RuleSet set = rules({
      rule("pairs",
           "match: /a/$PEER\nassert: \"!any('/a/$OTHER', value(it) == value && it != node)\"\n"
           "message: \"{count('/a/$OTHER', value(it) == value)}\"\n"),
      rule("each", "match: /**\nassert: default_access(node) == 'n'\n"),
  });
  const auto text_of = [](const Evaluation& result) {
    std::string out;
    for (const Violation& one : result.violations) {
      out += one.rule->id + one.path + one.message + "\n";
    }
    for (const NotEvaluated& one : result.not_evaluated) out += one.rule->id + one.reason + "\n";
    return out;
  };
  const std::string first = text_of(evaluate(set, store.facts()));
  CHECK(first == text_of(evaluate(set, store.facts())));
  CHECK(first.find("pairs/a/010\n") != std::string::npos);
}

}  // namespace
}  // namespace xsaudit
