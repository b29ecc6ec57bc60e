#include <catch2/catch.hpp>
#include <set>

#include "audit/store_text.h"

using namespace xsaudit;

namespace {

const char* const kOpen =
    "match: /**\n"
    "assert: \"!(default_access(node) in ['w', 'b'])\"\n"
    "message: everybody may write it\n";

const char* const kLink =
    "match: ~/device/$KIND/$DEVID/backend\n"
    "assert: exists(value)\n"
    "message: it names nothing\n"
    "evidence: [value]\n";

std::string home(const std::string& domid, const std::string& uuid) {
  const std::string top = "/local/domain/" + domid;
  return top + " = \"\"   (n0,r" + domid + ")\n" + top + "/vm = \"/vm/" + uuid + "\"   (n0,r" +
         domid + ")\n" + top + "/data = \"\"   (b" + domid + ")\n" + top + "/name = \"g" + domid +
         "\"   (n0,r" + domid + ")\n";
}

std::set<std::string> fingerprints(const AuditResult& result) {
  std::set<std::string> all;
  for (const Finding& finding : result.findings) all.insert(finding.fingerprint);
  return all;
}

}  // namespace

TEST_CASE("a finding carries the guest, the evidence and who could have done it") {
  const RuleSet rules = load({rule_file("link", "high", kLink)});
  const AuditResult result = audit(rules, kTop + home("3", kUuid) +
                                              "/local/domain/3/device = \"\"   (n0,r3)\n"
                                              "/local/domain/3/device/vif = \"\"   (n0,r3)\n"
                                              "/local/domain/3/device/vif/0 = \"\"   (n3,r0)\n"
                                              "/local/domain/3/device/vif/0/backend = "
                                              "\"/local//gone\"   (n3,r0)\n");
  REQUIRE(result.findings.size() == 1);
  const Finding& finding = result.findings[0];
  CHECK(result.rules[finding.rule].id == "link");
  CHECK(finding.severity == Severity::high);
  CHECK(finding.path == "/local/domain/3/device/vif/0/backend");
  REQUIRE(finding.guest);
  CHECK(finding.guest->domid == 3);
  CHECK(finding.guest->name == "g3");
  CHECK(finding.guest->uuid == kUuid);
  CHECK(finding.device == "vif/0");
  CHECK(finding.message == "it names nothing");
  CHECK(finding.fix == "Do this.");
  CHECK(finding.fingerprint.size() == 16);

  REQUIRE(finding.evidence.size() == 2);
  const Evidence& link = finding.evidence[0];
  CHECK(link.path == finding.path);
  CHECK(link.presence == Presence::present);
  CHECK(link.value == "/local//gone");
  REQUIRE(link.permissions);
  CHECK(to_text(*link.permissions) == "n3,r0");
  REQUIRE(link.controllers);
  CHECK(link.controllers->text() == "domain 3");
  // No store accepts this path, so nothing can be there.
  CHECK(finding.evidence[1].path == "/local//gone");
  CHECK(finding.evidence[1].presence == Presence::absent);
  CHECK(result.verdict == Verdict::findings);
}

TEST_CASE("the worst comes first, then by guest and path") {
  const RuleSet rules =
      load({rule_file("open", "medium", kOpen),
            rule_file("named", "critical", "match: ~/name\nassert: value != 'g5'\nmessage: g5\n")});
  const AuditResult result = audit(rules, kTop + home("9", kUuid) + home("5", kUuid) +
                                              home("10", kUuid) + "/vm = \"\"   (b0)\n");
  std::vector<std::string> paths;
  for (const Finding& finding : result.findings) paths.push_back(finding.path);
  CHECK(paths == std::vector<std::string>{"/local/domain/5/name", "/local/domain/5/data",
                                          "/local/domain/9/data", "/local/domain/10/data", "/vm"});
}

TEST_CASE("a fingerprint outlives the domid") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  const auto before = fingerprints(audit(rules, kTop + home("3", kUuid)));
  const auto after = fingerprints(audit(rules, kTop + home("12", kUuid)));
  REQUIRE(before.size() == 1);
  CHECK(before == after);

  SECTION("but not the guest") {
    const std::string other = "11111111-2222-3333-4444-555555555556";
    CHECK(fingerprints(audit(rules, kTop + home("3", other))) != before);
  }
  SECTION("nor the rule") {
    const RuleSet others = load({rule_file("open-too", "medium", kOpen)});
    CHECK(fingerprints(audit(others, kTop + home("3", kUuid))) != before);
  }
  SECTION("nor the place") {
    const auto both = fingerprints(
        audit(rules, kTop + home("3", kUuid) + "/local/domain/3/more = \"\"   (b3)\n"));
    CHECK(both.size() == 2);
    CHECK(both.count(*before.begin()) == 1);
  }
}

TEST_CASE("without a UUID the domid has to do") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  const auto three = fingerprints(audit(rules, kTop + home("3", "none")));
  const auto four = fingerprints(audit(rules, kTop + home("4", "none")));
  CHECK(three.size() == 1);
  CHECK(three != four);
}

TEST_CASE("two guests with one UUID are two findings") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  const auto one = fingerprints(audit(rules, kTop + home("3", kUuid)));
  const auto two = fingerprints(audit(rules, kTop + home("3", kUuid) + home("4", kUuid)));
  CHECK(two.size() == 2);
  CHECK(two.count(*one.begin()) == 1);
}

TEST_CASE("what a rule could not decide is kept, and makes the audit incomplete") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  const AuditResult result = audit(rules, "/local = \"\"\n/local/domain = \"\"\n");
  CHECK(result.findings.empty());
  REQUIRE_FALSE(result.not_evaluated.empty());
  CHECK(result.rules[result.not_evaluated[0].rule].id == "open");
  CHECK(result.verdict == Verdict::incomplete);
}

TEST_CASE("what no recording of its form has does not make it incomplete") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  const AuditResult result = audit(rules, kTop);
  // xenstore-ls never prints "/" itself.
  REQUIRE(result.not_evaluated.size() == 1);
  CHECK(result.not_evaluated[0].path == "/");
  CHECK(result.not_evaluated[0].by_form);
  CHECK(result.sources[0].incomplete.empty());
  CHECK(result.verdict == Verdict::clean);
}

TEST_CASE("which domains are alive can be given") {
  const RuleSet rules =
      load({rule_file("dead", "low", "match: ~\nassert: alive(DOMID)\nmessage: dead\n")});
  AuditOptions options;
  options.alive = {{5}};
  const AuditResult result = audit(rules, kTop + home("3", kUuid) + home("5", kUuid), options);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].guest->domid == 3);
  CHECK(result.sources[0].liveness.alive == std::vector<Domid>{0, 5});
  CHECK(result.sources[0].liveness.basis == Liveness::Basis::given);
}

TEST_CASE("privileged domains are given, or the store names them") {
  const RuleSet rules = load({rule_file("writable", "low",
                                        "match: ~/data\nassert: writers(node).size() == 0\n"
                                        "message: \"{writers(node)}\"\n")});
  const std::string store = kTop +
                            "/local/domain/3 = \"\"   (n0,r3)\n"
                            "/local/domain/3/data = \"\"   (n4)\n";
  CHECK(audit(rules, store).findings.size() == 1);
  AuditOptions options;
  options.privileged.push_back(4);
  CHECK(audit(rules, store, options).findings.empty());
  CHECK(audit(rules, store + "/tool/xenstored = \"\"   (n0)\n"
                             "/tool/xenstored/domid = \"4\"   (n0)\n")
            .findings.empty());
}

// A toolstack domain owns what it writes: a stub domain's target is trusted only if the audit knows
// that this domain is privileged.
TEST_CASE("a stub domain that a privileged toolstack domain recorded acts for its target") {
  const RuleSet rules =
      load({rule_file("writable", "low",
                      "match: ~/data\nassert: writers(node).all(who, acts_for(who, DOMID))\n"
                      "message: \"{writers(node)}\"\n")});
  const std::string store = kTop +
                            "/local/domain/3 = \"\"   (n0,r3)\n"
                            "/local/domain/3/data = \"\"   (n3,b8)\n"
                            "/local/domain/8 = \"\"   (n5,r8)\n"
                            "/local/domain/8/target = \"3\"   (n5,r8)\n";
  CHECK(audit(rules, store).findings.size() == 1);
  AuditOptions options;
  options.privileged.push_back(5);
  CHECK(audit(rules, store, options).findings.empty());
}

// The matches of a search are read once for all places at which its rule is violated.
TEST_CASE("what a search learnt from a secret is hidden at each place of a rule") {
  const std::string store = kTop + home("3", kUuid) +
                            "/local/domain/3/data/pin = \"4711\"   (n3)\n"
                            "/local/domain/3/data/a = \"\"   (n3)\n"
                            "/local/domain/3/data/b = \"\"   (n3)\n";
  const std::string calls_secret =
      "match: ~/data/$NAME\n"
      "assert: \"true\"\n"
      "secret: name(node) == 'pin'\n"
      "message: nothing\n";
  const std::string searches =
      "match: ~/data/$NAME\n"
      "assert: name(node) == 'pin'\n"
      "message: \"{any('/local/domain/$OTHER/data/pin', value(it) == '1234')}\"\n";
  const RuleSet rules = load(
      {rule_file("calls-secret", "low", calls_secret), rule_file("searches", "low", searches)});
  const AuditResult result = audit(rules, store);
  REQUIRE(result.findings.size() == 2);
  for (const Finding& finding : result.findings) CHECK(finding.message == "(a secret)");
}

TEST_CASE("one that cannot be read is remembered beside those that were") {
  const RuleSet rules = load({rule_file("open", "medium", kOpen)});
  Auditor auditor(schema(), rules, {});
  auditor.add("good", read_dump_text(kTop, "good"));
  auditor.add("bad", Error{"bad", "cannot open it", {}});
  auditor.add("open", read_dump_text("/a = \"\"   (b0)\n", "open"));
  const AuditResult result = std::move(auditor).finish();
  REQUIRE(result.sources.size() == 3);
  CHECK(result.sources[0].nodes == 3);
  CHECK(result.sources[0].error.empty());
  CHECK(result.sources[1].info.name == "bad");
  CHECK(result.sources[1].error == "bad: cannot open it");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].source == 2);
}

TEST_CASE("what one rule calls a secret no other rule shows, whether the first fires or not") {
  const std::string store = kTop + home("3", kUuid) +
                            "/local/domain/3/data/pin = \"4711\"   (n3)\n"
                            "/local/domain/3/data/hint = \"4711\"   (n3)\n";
  const std::string quotes =
      "match: ~/data/$NAME\n"
      "let: {said: value}\n"
      "assert: value == null\n"
      "message: \"it holds {value} and {said}\"\n"
      "evidence: [sibling('pin')]\n";
  const std::string calls_secret =
      "match: ~/data/$NAME\n"
      "assert: \"true\"\n"
      "secret: name(node) == 'pin'\n"
      "message: nothing\n";
  const RuleSet rules =
      load({rule_file("calls-secret", "low", calls_secret), rule_file("quotes", "low", quotes)});
  for (const bool show : {false, true}) {
    AuditOptions options;
    options.show_secrets = show;
    const AuditResult result = audit(rules, store, options);
    REQUIRE(result.findings.size() == 2);
    const Finding& hint = result.findings[0];
    const Finding& pin = result.findings[1];
    CHECK(hint.message == "it holds 4711 and 4711");
    CHECK(pin.message == (show ? "it holds 4711 and 4711" : "it holds (a secret) and (a secret)"));
    CHECK(hint.evidence[0].value == "4711");
    for (const Evidence* evidence : {&hint.evidence[1], &pin.evidence[0]}) {
      CHECK(evidence->value == (show ? "4711" : ""));
      CHECK((evidence->value_unknown == UnknownReason::secret) == !show);
    }
  }
}

TEST_CASE("a node of which a rule cannot decide whether it is a secret is one") {
  const std::string store =
      kTop + home("3", kUuid) + "/local/domain/3/data/pin = \"4711\"   (n3)\n";
  const RuleSet rules = load({rule_file("calls-secret", "low",
                                        "match: ~/data/$NAME\n"
                                        "assert: value == null\n"
                                        "secret: open_transactions(0) > 0\n"
                                        "message: \"it holds {value}\"\n")});
  const AuditResult result = audit(rules, store);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].message == "it holds (a secret)");
}
