#include "audit/baseline.h"

#include "audit/store_text.h"
#include "audit/verdict.h"

using namespace xsaudit;

namespace {

TextFile forged(const std::string& severity) {
  return rule_file("bad-mac", severity,
                   "match: ~/device/vif/$DEVID/mac\nassert: value != 'bad'\nmessage: bad\n");
}

const RuleSet& rules() {
  static const RuleSet loaded = load(
      {forged("medium"),
       rule_file("bad-state", "low",
                 "match: ~/device/vif/$DEVID/state\nassert: value == '4'\nmessage: it is bad\n"),
       rule_file("open", "low",
                 "match: /local/domain/**\nassert: default_access(node) != 'b'\n"
                 "message: anybody may write it\nreport: subtree\n")});
  return loaded;
}

AuditResult audit_against(const Baseline& baseline, const std::string& store,
                          const RuleSet& with = rules()) {
  AuditOptions options;
  options.baseline = baseline;
  return audit(with, store, options);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

const std::string kStore = kTop + guest_with_vif("3", kUuid);

}  // namespace

TEST_CASE("a guest destroyed and created again is known under its new domid") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  REQUIRE(baseline.findings.size() == 1);
  CHECK(baseline.findings[0].rule == "bad-mac");
  CHECK(baseline.findings[0].guest == kUuid);
  CHECK(baseline.findings[0].device == "vif/0");
  CHECK(baseline.findings[0].path.find("/3/") == std::string::npos);

  const AuditResult later = audit_against(baseline, kTop + guest_with_vif("31000", kUuid));
  CHECK(later.findings.empty());
  CHECK(later.known.size() == 1);
  CHECK(later.verdict == Verdict::clean);
  CHECK(later.baseline->gone.empty());
}

TEST_CASE("another guest under the old domid is not known") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const AuditResult later = audit_against(baseline, kTop + guest_with_vif("3", kOther));
  CHECK(later.findings.size() == 1);
  CHECK(later.known.empty());
  REQUIRE(later.baseline->gone.size() == 1);
  CHECK(later.baseline->gone[0].why == GoneFinding::Why::guest_not_there);
}

TEST_CASE("a new finding on the same device is not covered") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const AuditResult later = audit_against(baseline, replaced(kStore, "\"4\"", "\"9\""));
  REQUIRE(later.findings.size() == 1);
  CHECK(later.rules[later.findings[0].rule].id == "bad-state");
  CHECK(later.findings[0].device == "vif/0");
  CHECK(later.known.size() == 1);
  CHECK(later.verdict == Verdict::findings);
}

TEST_CASE("a known finding that has become worse counts again") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const RuleSet stricter = load({forged("high")});
  const AuditResult worse = audit_against(baseline, kStore, stricter);
  REQUIRE(worse.findings.size() == 1);
  CHECK(worse.findings[0].known_as == "of severity medium");
  CHECK(worse.baseline->gone.empty());
  const RuleSet milder = load({forged("low")});
  CHECK(audit_against(baseline, kStore, milder).findings.empty());

  // One finding for a subtree: more nodes are more than was known, fewer are not.
  const std::string one = kStore + "/local/domain/3/data = \"\"   (b3)\n";
  const std::string two = one + "/local/domain/3/data/a = \"\"   (b3)\n";
  CHECK(audit_against(baseline_of(audit(rules(), two)), one).findings.empty());
  const AuditResult more = audit_against(baseline_of(audit(rules(), one)), two);
  REQUIRE(more.findings.size() == 1);
  CHECK(more.findings[0].known_as == "at 1 node");

  // As many as before, and one of them is another.
  const std::string other = one + "/local/domain/3/data/b = \"\"   (b3)\n";
  const Baseline known = baseline_of(audit(rules(), two));
  const AuditResult moved = audit_against(known, other);
  REQUIRE(moved.findings.size() == 1);
  CHECK(moved.findings[0].known_as == "at other nodes, or with other values or permissions there");
  CHECK(audit_against(known, two).findings.empty());
}

TEST_CASE("what is gone is fixed only where it was looked for") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const auto why = [&](const AuditResult& result) {
    REQUIRE(result.baseline->gone.size() == 1);
    return result.baseline->gone[0].why;
  };
  const std::string repaired = replaced(kStore, "\"bad\"", "\"good\"");
  CHECK(why(audit_against(baseline, repaired)) == GoneFinding::Why::fixed);
  CHECK(why(audit_against(baseline, kTop)) == GoneFinding::Why::guest_not_there);
  const RuleSet others = load({rule_file(
      "other", "low", "match: /**\nassert: owner(node) != 9\nmessage: it is of domain 9\n")});
  CHECK(why(audit_against(baseline, repaired, others)) == GoneFinding::Why::not_judged);

  AuditOptions options;
  options.baseline = baseline;
  Auditor auditor(schema(), rules(), options);
  auditor.add("store", Error{"store", "cannot be opened", ""});
  const AuditResult result = std::move(auditor).finish();
  CHECK(why(result) == GoneFinding::Why::not_judged);
}

TEST_CASE("a new baseline keeps what nobody saw fixed") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const std::string repaired = replaced(kStore, "\"bad\"", "\"good\"");
  CHECK(baseline_of(audit_against(baseline, repaired)).findings.empty());
  CHECK(baseline_of(audit_against(baseline, kTop)).findings.size() == 1);
  CHECK(baseline_of(audit_against(baseline, kStore)).findings.size() == 1);
}

TEST_CASE("a finding of a guest that nothing surely identifies is never known") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const AuditResult liar = audit_against(baseline, kTop + guest_with_vif("7", kUuid, "n0,w7"));
  CHECK(liar.findings.size() == 1);
  CHECK(liar.known.empty());
  CHECK(unnameable(liar).size() == 1);
  CHECK(liar.baseline->gone[0].why == GoneFinding::Why::guest_not_there);

  const std::string nameless = replaced(kStore, "/vm/" + kUuid, "");
  CHECK(baseline_of(audit(rules(), nameless)).findings.empty());
}

namespace {

const RuleSet& leftover_rules() {
  static const RuleSet rules = load({rule_file("left-over", "medium",
                                               "match: /local/domain/$BACKEND_DOMID/backend/$KIND/"
                                               "$DOMID/$DEVID\nassert: alive(DOMID)\n"
                                               "message: left over\n")});
  return rules;
}

// A host with a running guest, and what dead domain 7 left: a backend with this address.
std::string with_leftover(const std::string& address, const std::string& domid = "7") {
  const std::string backend = "/local/domain/0/backend/vif/" + domid + "/0";
  const std::string mac = address.empty() ? "" : backend + "/mac = \"" + address + "\"   (n0)\n";
  return kStore + "/local/domain/0 = \"\"   (n0)\n" + backend + " = \"\"   (n0)\n" + mac;
}

AuditResult audit_leftover(const std::string& text, const std::string& host,
                           const Baseline* baseline = nullptr) {
  AuditOptions options;
  options.alive = {{0, 3}};
  if (baseline != nullptr) options.baseline = *baseline;
  Auditor auditor(schema(), leftover_rules(), options);
  auto snapshot = read_dump_text(text, "store");
  REQUIRE(snapshot);
  snapshot->info().host = host;
  auditor.add("store", snapshot);
  return std::move(auditor).finish();
}

}  // namespace

TEST_CASE("a leftover of a dead domain is known by the host and by what it holds") {
  const std::string store = with_leftover("00:16:3e:00:00:07");
  const AuditResult first = audit_leftover(store, "one");
  REQUIRE(first.findings.size() == 1);
  CHECK(unnameable(first).empty());
  CHECK(exit_status(first, true) == kExitFindings);
  CHECK(exit_status_with_baseline(first, true) == kExitClean);
  CHECK(exit_status_with_baseline(first, false) == kExitIncomplete);
  const Baseline baseline = baseline_of(first);
  REQUIRE(baseline.findings.size() == 1);

  const AuditResult again = audit_leftover(store, "one", &baseline);
  CHECK(again.findings.empty());
  CHECK(again.known.size() == 1);
  CHECK(again.verdict != Verdict::findings);

  INFO("another host");
  CHECK(audit_leftover(store, "two", &baseline).findings.size() == 1);
  INFO("tomorrow's other domain with the same number");
  const std::string other = with_leftover("00:16:3e:00:00:08");
  CHECK(audit_leftover(other, "one", &baseline).findings.size() == 1);
  INFO("the same content below another number");
  const std::string moved = with_leftover("00:16:3e:00:00:07", "9");
  CHECK(audit_leftover(moved, "one", &baseline).findings.size() == 1);
  CHECK(audit_leftover(kStore, "one", &baseline).baseline->gone.size() == 1);
}

TEST_CASE("a leftover that holds nothing is in no baseline") {
  const AuditResult empty = audit_leftover(with_leftover(""), "one");
  REQUIRE(empty.findings.size() == 1);
  CHECK(unnameable(empty).size() == 1);
  CHECK(baseline_of(empty).findings.empty());
  CHECK(exit_status_with_baseline(empty, true) == kExitFindings);
}

TEST_CASE("two guests with one UUID need two known findings") {
  const Baseline baseline = baseline_of(audit(rules(), kStore));
  const AuditResult twins = audit_against(baseline, kStore + guest_with_vif("4", kUuid));
  CHECK(twins.known.size() == 1);
  CHECK(twins.findings.size() == 1);
}

namespace {

// Two guests, the first of which has a link and some permissions that a rule finds wrong.
std::string two_guests(const std::string& link, const std::string& permissions = "n3,r0",
                       const std::string& first = "3", const std::string& second = "4") {
  const auto in_domain = [&](std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  };
  const std::string line =
      "/local/domain/FIRST/device/vif/0/backend = \"" + link + "\"   (" + permissions + ")\n";
  return kTop + guest_with_vif(first, kUuid) + guest_with_vif(second, kOther) +
         in_domain(in_domain(line, "FIRST", first), "SECOND", second);
}

const RuleSet& link_rules(const std::string& known_by = "") {
  static std::map<std::string, RuleSet> loaded;
  const auto rule = [&] {
    return load({rule_file("bad-link", "low",
                           "match: ~/device/vif/$DEVID/backend\nassert: value == ''\n"
                           "message: it is a link\n" +
                               known_by)});
  };
  const auto [entry, is_new] = loaded.try_emplace(known_by);
  if (is_new) entry->second = rule();
  return entry->second;
}

bool still_known(const std::string& before, const std::string& after,
                 const std::string& known_by = "") {
  const RuleSet& with = link_rules(known_by);
  const Baseline baseline = baseline_of(audit(with, before));
  REQUIRE(baseline.findings.size() == 1);
  return audit_against(baseline, after, with).findings.empty();
}

}  // namespace

TEST_CASE("a finding is known in the state that it was known in") {
  const std::string victim = "/local/domain/0/backend/vif/SECOND/0";
  CHECK(still_known(two_guests("garbage"), two_guests("garbage")));
  CHECK_FALSE(still_known(two_guests("garbage"), two_guests(victim)));
  CHECK_FALSE(still_known(two_guests("x", "n3,r0,r4"), two_guests("x", "n3,r0,b4")));
  const AuditResult changed = audit_against(baseline_of(audit(link_rules(), two_guests("garbage"))),
                                            two_guests(victim), link_rules());
  REQUIRE(changed.findings.size() == 1);
  CHECK(changed.findings[0].known_as == "in another state");
}

TEST_CASE("the state of a finding names guests by UUID") {
  const std::string victim = "/local/domain/0/backend/vif/SECOND/0";
  CHECK(still_known(two_guests(victim, "n3,r4"), two_guests(victim, "n7,r8", "7", "8")));
  // The same text as before, and another guest.
  CHECK_FALSE(still_known(two_guests("/local/domain/0/backend/vif/4/0", "n3,r4"),
                          two_guests("/local/domain/0/backend/vif/4/0", "n7,r8", "7", "8")));
}

TEST_CASE("a rule says what the state of its findings is") {
  const auto known = [](const std::string& key) {
    return std::pair(still_known(two_guests("a"), two_guests("b"), key),
                     still_known(two_guests("a", "n3"), two_guests("a", "n3,r4"), key));
  };
  CHECK(known("known_by: []\n") == std::pair(true, true));
  CHECK(known("known_by: [values]\n") == std::pair(false, true));
  CHECK(known("known_by: [permissions]\n") == std::pair(true, false));
  CHECK(known("known_by: [value]\n") == std::pair(false, true));
  CHECK(known("known_by: [readers(node)]\n") == std::pair(true, false));
  CHECK(known("known_by: [\"value.size() > 3\"]\n") == std::pair(true, true));
}

TEST_CASE("more nodes than a baseline lists are compared all the same") {
  const auto store = [](std::size_t nodes, const std::string& last) {
    std::string text = kStore + "/local/domain/3/data = \"\"   (b3)\n";
    for (std::size_t i = 0; i + 1 < nodes; ++i) {
      text += "/local/domain/3/data/n" + std::to_string(i) + " = \"\"   (b3)\n";
    }
    return text + "/local/domain/3/data/" + last + "\n";
  };
  const RuleSet& open = rules();
  const std::size_t many = Finding::kMaxOthers + 5;
  const Baseline baseline = baseline_of(audit(open, store(many, "x = \"\"   (b3)")));
  for (const KnownFinding& known : baseline.findings) CHECK(known.others.empty());
  CHECK(audit_against(baseline, store(many, "x = \"\"   (b3)")).findings.empty());
  CHECK(audit_against(baseline, store(many, "y = \"\"   (b3)")).findings.size() == 1);
  CHECK(audit_against(baseline, store(many, "x = \"\"   (b3,w4)")).findings.size() == 1);
  CHECK(audit_against(baseline, store(many + 1, "x = \"\"   (b3)")).findings.size() == 1);
}

TEST_CASE(
    "states that only a baseline compares are left out where there is none, and nothing else") {
  AuditOptions without;
  without.with_state = false;
  const std::string store =
      kStore + "/local/domain/3/data = \"\"   (b3)\n" + "/local/domain/3/data/a = \"\"   (b3)\n";
  const AuditResult plain = audit(rules(), store, without);
  const AuditResult whole = audit(rules(), store);
  REQUIRE(plain.findings.size() == whole.findings.size());
  REQUIRE(plain.findings.size() > 1);
  for (std::size_t i = 0; i < plain.findings.size(); ++i) {
    CHECK(plain.findings[i].state.empty());
    CHECK(plain.findings[i].others.empty());
    CHECK_FALSE(whole.findings[i].state.empty());
    CHECK(plain.findings[i].fingerprint == whole.findings[i].fingerprint);
    CHECK(plain.findings[i].message == whole.findings[i].message);
    CHECK(plain.findings[i].count == whole.findings[i].count);
  }
}
