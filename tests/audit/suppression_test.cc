#include "audit/suppression.h"

#include "audit/store_text.h"

using namespace xsaudit;

namespace {

std::vector<Suppression> suppressions(const std::string& text) {
  auto loaded = load_suppressions({"s.yaml", text}, schema().variables());
  if (!loaded) FAIL(loaded.error().text());
  return std::move(loaded).value();
}

std::string list(const std::vector<std::string>& entries) {
  std::string text = "suppressions:\n";
  for (const std::string& entry : entries) {
    text += "  - {" + entry + ", reason: known, expires: 2027-03-31}\n";
  }
  return text;
}

AuditResult audit_with(const RuleSet& rules, const std::string& store,
                       const std::vector<std::string>& entries,
                       const std::string& today = "2027-01-01") {
  AuditOptions options;
  options.suppressions = suppressions(list(entries));
  options.today = *parse_day(today);
  return audit(rules, store, options);
}

const RuleSet& rules() {
  static const RuleSet loaded = load({
      rule_file("bad-mac", "high",
                "match: ~/device/vif/$DEVID/mac\nassert: value != 'bad'\nmessage: it is bad\n"),
      rule_file("own", "low",
                "match: /local/domain/**\nassert: owner(node) != 3\nmessage: domain 3 owns it\n"
                "report: subtree\n"),
      rule_file("same-perms", "low",
                "match: ~/device/vif/$DEVID/mac\nassert: value != 'bad'\nmessage: it is bad\n"
                "report: {once_per: value}\n"),
  });
  return loaded;
}

}  // namespace

TEST_CASE("days are those of the calendar, and nothing else") {
  CHECK(day_text(*parse_day("2027-03-31")) == "2027-03-31");
  CHECK(day_text(*parse_day("2024-02-29")) == "2024-02-29");
  CHECK(*parse_day("2027-03-01") - *parse_day("2027-02-28") == std::chrono::days(1));
  CHECK(parse_day("1970-01-01")->time_since_epoch().count() == 0);
  for (const char* text : {"", "2027-3-31", "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-00",
                           "2027/03/31", "2027-03-31 ", "+027-03-31", "31-03-2027", "tomorrow"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text));
  }
}

TEST_CASE("a suppression for a host covers no other") {
  const std::string store = kTop + guest_with_vif("3", kUuid);
  for (const char* const source : {"store", "alpha", "beta"}) {
    INFO(source);
    AuditOptions options;
    options.suppressions =
        suppressions(list({"rule: bad-mac, path: ~/device/**, source: " + std::string(source)}));
    options.today = *parse_day("2027-01-01");
    Auditor auditor(schema(), rules(), options);
    auto snapshot = read_dump_text(store, "store");
    REQUIRE(snapshot);
    snapshot->info().host = "alpha";
    auditor.add("store", snapshot);
    const AuditResult result = std::move(auditor).finish();
    CHECK(result.suppressed.size() == (std::string(source) == "beta" ? 0 : 1));
  }
}

TEST_CASE("a suppression that covers nothing suggests what was meant") {
  const std::string store = kTop + guest_with_vif("3", kUuid);
  const auto note = [&](const std::string& entry) {
    const AuditResult result = audit_with(rules(), store, {entry});
    REQUIRE(result.suppressions.size() == 1);
    return result.suppressions[0].note;
  };
  CHECK(note("rule: bad-mac, path: ~/device/vif") == "did you mean 'path: ~/device/vif/**'?");
  CHECK(note("rule: bad-mac, path: ~/device/vif/0/mac") == "");
  CHECK(note("rule: bad-mac, path: ~/data") == "");
  CHECK(note("rule: bad-mak, path: ~/**") == "there is no such rule, did you mean 'bad-mac'?");
  CHECK(note("rule: something-else, path: ~/**") == "there is no such rule");
}

TEST_CASE("a suppression by UUID covers the guest under any domid, and no other guest") {
  for (const char* domid : {"3", "4711"}) {
    const AuditResult result =
        audit_with(rules(), kTop + guest_with_vif(domid, kUuid) + guest_with_vif("5", kOther),
                   {"rule: bad-mac, guest: " + kUuid});
    REQUIRE(result.suppressed.size() == 1);
    CHECK(result.suppressed[0].guest->uuid == kUuid);
    CHECK(result.suppressed[0].suppression == 0U);
    CHECK(result.suppressions[0].findings == 1);
    std::size_t left = 0;
    for (const Finding& finding : result.findings) {
      left += result.rules[finding.rule].id == "bad-mac" && finding.guest->uuid == kOther ? 1U : 0U;
    }
    CHECK(left == 1);
  }
}

TEST_CASE("a UUID is the same in capital letters") {
  const std::string small = "abcdefab-2222-3333-4444-555555555555";
  const auto result = audit_with(rules(), kTop + guest_with_vif("4", small),
                                 {"rule: bad-mac, guest: ABCDEFAB-2222-3333-4444-555555555555"});
  CHECK(result.suppressed.size() == 1);
}

TEST_CASE("who could have written its UUID or its name itself is not known by it") {
  // The list of the node, and whether domain 4 then decides what it says.
  const std::pair<const char*, bool> cases[] = {{"n0", false}, {"n0,r4", false}, {"n0,w4", true},
                                                {"b4", true},  {"n4", true},     {"w0", true}};
  for (const auto& [permissions, forgeable] : cases) {
    INFO(permissions);
    const auto result = audit_with(rules(), kTop + guest_with_vif("4", kUuid, permissions),
                                   {"rule: bad-mac, guest: " + kUuid});
    CHECK(result.suppressed.size() == (forgeable ? 0 : 1));
    CHECK(result.suppressions[0].note.empty() == !forgeable);
  }
}

TEST_CASE("what looks like a UUID is never taken for a guest's name") {
  std::string store = kTop + guest_with_vif("4", kOther);
  store.replace(store.find("\"g4\""), 4, '"' + kUuid + '"');
  CHECK(audit_with(rules(), store, {"rule: bad-mac, guest: " + kUuid}).suppressed.empty());
  CHECK(audit_with(rules(), store, {"rule: bad-mac, guest: " + kOther}).suppressed.size() == 1);
}

TEST_CASE("a finding of many nodes is covered only where all of them are") {
  const std::string store = kTop + guest_with_vif("3", kUuid);
  const auto count = [&](const std::string& entry) {
    const AuditResult result = audit_with(rules(), store, {entry});
    for (const Finding& finding : result.suppressed) CHECK(finding.count == 3);
    return result.suppressed.size();
  };
  // Domain 3 owns vif/0 with mac and state, told as one.
  CHECK(count("rule: own, path: ~/device/vif/0") == 0);
  CHECK(count("rule: own, path: \"~/device/vif/0/{mac,state}\"") == 0);
  CHECK(count("rule: own, path: ~/device/vif/0/**") == 1);

  // Of two guests, told as one at the first of them.
  const std::string both = kTop + guest_with_vif("3", kUuid) + guest_with_vif("5", kOther);
  const AuditResult of_one = audit_with(rules(), both, {"rule: same-perms, guest: " + kUuid});
  CHECK(of_one.suppressed.empty());
  CHECK(of_one.suppressions[0].state == SuppressionUse::State::unused);
  CHECK_FALSE(of_one.suppressions[0].note.empty());
  CHECK(audit_with(rules(), both, {"rule: same-perms, path: /**"}).suppressed.size() == 1);
}

TEST_CASE("a suppression for a guest does not cover what the domain that serves it did") {
  const RuleSet backends = load(
      {rule_file("bad-backend", "high",
                 "match: /local/domain/$BACKEND_DOMID/backend/vif/$DOMID/$DEVID/bridge\nassert: "
                 "value != 'bad'\n"
                 "message: it is bad\n")});
  const auto backend = [](const std::string& domid) {
    return "/local/domain/" + domid + " = \"\"   (n0,r" + domid + ")\n/local/domain/" + domid +
           "/backend/vif/3/0/bridge = \"bad\"   (n" + domid + ",r3)\n";
  };
  const std::string guest = kTop + guest_with_vif("3", kUuid);
  const std::string by_guest = "rule: bad-backend, guest: " + kUuid;
  CHECK(audit_with(backends, guest + backend("0"), {by_guest}).suppressed.size() == 1);

  const AuditResult served = audit_with(backends, guest + backend("5"), {by_guest});
  CHECK(served.suppressed.empty());
  CHECK(served.findings.size() == 1);
  CHECK(served.suppressions[0].note.find("another domain") != std::string::npos);
  const std::string by_path = by_guest + ", path: \"/local/domain/5/backend/**\"";
  CHECK(audit_with(backends, guest + backend("5"), {by_path}).suppressed.size() == 1);
}

TEST_CASE("a suppression for a guest does not cover a node of another domain in its home") {
  const std::string store = kTop + guest_with_vif("3", kUuid);
  std::string taken = store;
  const std::string mac = "/mac = \"bad\"   (n";
  taken[taken.find(mac) + mac.size()] = '5';
  const std::string by_guest = "rule: bad-mac, guest: " + kUuid;
  CHECK(audit_with(rules(), store, {by_guest}).suppressed.size() == 1);
  CHECK(audit_with(rules(), taken, {by_guest}).suppressed.empty());
}

TEST_CASE("a suppression works up to its last day and is reported from then on") {
  const std::string store = kTop + guest_with_vif("4", kUuid);
  const std::vector<std::string> entries = {"rule: bad-mac, path: /**"};
  CHECK(audit_with(rules(), store, entries, "2027-03-31").suppressed.size() == 1);
  const AuditResult late = audit_with(rules(), store, entries, "2027-04-01");
  CHECK(late.suppressed.empty());
  CHECK(late.suppressions[0].state == SuppressionUse::State::expired);
  CHECK(late.suppressions[0].findings == 1);
  CHECK(late.verdict == Verdict::findings);
}

// c is the gravest, and yields to none; b yields to c, and a to b and c.
TEST_CASE(
    "what is suppressed silences no other rule, that which it silenced in its turn included") {
  const auto rule = [](const std::string& id, const std::string& severity,
                       const std::string& more) {
    return rule_file(
        id, severity,
        "match: ~/device/vif/$DEVID/mac\nassert: value != 'bad'\nmessage: it is bad\n" + more);
  };
  const RuleSet set = load({rule("a", "low", "superseded_by: [b, c]\n"),
                            rule("b", "medium", "superseded_by: [c]\n"), rule("c", "high", "")});
  const std::string store = kTop + guest_with_vif("4", kUuid) + guest_with_vif("5", kOther);
  const auto told = [&](const std::vector<std::string>& entries) {
    std::string text;
    const AuditResult result = audit_with(set, store, entries);
    for (const Finding& finding : result.findings) {
      text += result.rules[finding.rule].id + std::to_string(finding.guest->domid) + " ";
    }
    for (const SuppressionUse& use : result.suppressions) text += std::to_string(use.findings);
    return text;
  };
  CHECK(told({"rule: b, path: /**"}) == "c4 c5 0");
  CHECK(told({"rule: c, guest: " + kUuid}) == "c5 b4 1");
  CHECK(told({"rule: c, guest: " + kUuid, "rule: b, guest: " + kUuid}) == "c5 a4 11");
  CHECK(told({"rule: c, path: /**", "rule: b, path: /**", "rule: a, path: /**"}) == "222");
  // What has expired covers nothing, so that what it names still speaks for the others.
  AuditOptions options;
  options.suppressions = suppressions(list({"rule: c, path: /**"}));
  options.today = *parse_day("2028-01-01");
  CHECK(audit(set, store, options).findings.size() == 2);
}

TEST_CASE("suppressed findings do not count for the verdict") {
  const RuleSet one = load(
      {rule_file("bad-mac", "high",
                 "match: ~/device/vif/$DEVID/mac\nassert: value != 'bad'\nmessage: it is bad\n")});
  const std::string store = kTop + guest_with_vif("4", kUuid);
  const AuditResult result = audit_with(one, store, {"rule: bad-mac, path: /**"});
  CHECK(result.verdict == Verdict::clean);
  CHECK(result.counts() == std::array<std::uint64_t, 5>{});
}
