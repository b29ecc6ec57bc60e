// Running a rule's own tests: each kind of wrong answer is noticed, and so is a test that is none.
#include "rules/testing/rule_test.h"

#include "rules_support.h"

namespace xsaudit {
namespace {

const std::string kRule = R"(id: r
title: T
severity: medium
class: security
match: /a/$PEER
assert: value != 'bad'
message: "{node} is {value}"
why: w
)";

// What went wrong in each test, or the error of the tests themselves.
std::vector<std::string> problems(const std::string& tests) {
  const auto rules = RuleSet::load({{"r.yaml", kRule + tests}}, test_schema());
  if (!rules) return {"refused: " + rules.error().text()};
  const auto results = run_rule_tests(rules->rules()[0], *rules, test_schema());
  if (!results) return {"refused: " + results.error().text()};
  std::vector<std::string> out;
  for (const RuleTestResult& result : *results) {
    out.push_back(result.place + " " + result.name +
                  (result.passed() ? "" : ": " + result.problem));
  }
  return out;
}
using Problems = std::vector<std::string>;

TEST_CASE("a rule that does as its tests say passes them") {
  CHECK(problems(R"(tests:
  fires:
    - name: bad
      at: /a/1
      severity: medium
      message: /a/1 is bad
      store: |
        /a/1 = "bad"   (n0)
        /a/2 = "good"   (n0)
  silent: |
    /a/1 = "good"   (n0)
  not_evaluated:
    - name: cut
      reason: it was truncated by the recording
      store: |
        /a/1 = "\..."   (n0)
)") == Problems{"r.yaml:11:7 fires: bad", "r.yaml:18:11 silent", "r.yaml:21:7 not_evaluated: cut"});
}

TEST_CASE("a rule that does otherwise does not") {
  const auto one = [](const std::string& tests) {
    const Problems all = problems("tests:\n" + tests);
    REQUIRE(all.size() == 1);
    return all[0].substr(all[0].find(' ') + 1);
  };
  CHECK(one("  fires: '/a/1 = \"good\"'\n") == "fires: it is silent");
  CHECK(one("  fires: '/a/1 = \"\\...\"'\n") ==
        "fires: it was not evaluated: /a/1: its value is not known: it was truncated by the "
        "recording");
  CHECK(one("  silent: '/a/1 = \"bad\"'\n") == "silent: it fires: /a/1: /a/1 is bad");
  CHECK(one("  silent: '/a/1 = \"\\...\"'\n").find("silent: it was not evaluated") == 0);
  CHECK(one("  not_evaluated: '/a/1 = \"good\"'\n") == "not_evaluated: it is silent");
  CHECK(one("  not_evaluated: '/a/1 = \"bad\"'\n") == "not_evaluated: it fires: /a/1: /a/1 is bad");
  CHECK(one("  not_evaluated: [{name: n, reason: filtered, store: '/a/1 = \"\\...\"'}]\n")
            .find("the reason is: /a/1: its value is not known") != std::string::npos);
  const std::string bad = "store: '/a/1 = \"bad\"'}]\n";
  CHECK(one("  fires: [{name: n, at: /a/2, " + bad) == "fires: n: it fires at /a/1 too");
  CHECK(one("  fires: [{name: n, at: [/a/1, /a/2], " + bad) ==
        "fires: n: it does not fire at /a/2");
  CHECK(one("  fires: [{name: n, severity: low, " + bad) == "fires: n: its severity is medium");
  CHECK(one("  fires: [{name: n, message: worse, " + bad) ==
        "fires: n: its message is: /a/1 is bad");
}

TEST_CASE("tests that are none are refused with their place") {
  const auto refusal = [](const std::string& tests) {
    const Problems all = problems(tests);
    return all.empty() ? std::string("accepted") : all[0];
  };
  CHECK(refusal("") == "refused: r.yaml: the rule has no tests (add 'tests')");
  CHECK(refusal("tests:\n  fire: x\n") ==
        "refused: r.yaml:10:3: unknown key 'fire' (did you mean 'fires'?)");
  CHECK(refusal("tests: x\n").find("refused: r.yaml:9:8: expected a map") == 0);
  CHECK(refusal("tests:\n  fires: {a: b}\n").find("expected a store, or a list of cases") !=
        std::string::npos);
  CHECK(refusal("tests:\n  fires: [{store: ''}]\n").find("'name' is missing") != std::string::npos);
  CHECK(refusal("tests:\n  fires: [{name: n}]\n").find("'store' is missing") != std::string::npos);
  CHECK(refusal("tests:\n  silent: [{name: n, store: '', at: /a}]\n")
            .find("only of rules that fire") != std::string::npos);
  CHECK(refusal("tests:\n  fires: [{name: n, store: '', alive: 3}]\n")
            .find("expected a list of domids") != std::string::npos);
  CHECK(refusal("tests:\n  fires: |\n    /a = \"\"   (n0)\n    nonsense\n") ==
        "refused: r.yaml:10:10: in line 2 of the store: this is not a line of xenstore-ls -fp "
        "(/a/b = "
        "\"value\"   (n0,r1))");
  CHECK(refusal("tests:\n  fires: |\n    /a = \"\"   (n0)\n    /a = \"\"   (n0)\n")
            .find("the node is there twice") != std::string::npos);
  CHECK(refusal("tests:\n  fires: |\n    /a = \"\"   (n0,rr)\n").find("is not a permission") !=
        std::string::npos);
}

TEST_CASE("a small store is whole, and what is above its nodes is closed") {
  const Snapshot store = store_of("/a/b/c = \"x\"   (n3)\n\n  /d = \"y\"\n");
  CHECK(store.presence("/a/x") == Presence::absent);
  REQUIRE(store.find("/a/b") != kNoNode);
  CHECK(to_text(*store.permissions(store.find("/a/b"))) == "n0");
  CHECK(store.value(store.find("/a/b")).empty());
  CHECK(store.permissions(kRootNode) == nullptr);
  CHECK(store.permissions_unknown(kRootNode) == UnknownReason::not_in_form);
  CHECK(store.info().has_permissions);
  const Snapshot root = store_of("/ = \"\"   (n0)");
  CHECK(to_text(*root.permissions(kRootNode)) == "n0");
  CHECK(store_of("/a/b = \"x\"").permissions(1) == nullptr);
}

}  // namespace
}  // namespace xsaudit
