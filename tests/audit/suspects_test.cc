// Who is named: the recordings of the lab in which a guest did something, and who did it and whom
// it harmed, as the people wrote down who ran the guests. The one who did it stands at the head of
// each finding, and the other is never among those who could have done it.
#include <fstream>
#include <iterator>
#include <optional>

#include "store_text.h"

namespace xsaudit {
namespace {

AuditResult audit_of(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-" + name + ".fp.txt",
                     std::ios::binary);
  REQUIRE(file);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  static const RuleSet rules = *RuleSet::load(embedded_rules(), schema());
  return audit(rules, text);
}

struct Attack {
  const char* recording;
  Domid attacker;
  std::optional<Domid> victim;
  bool record_decides;  // the toolstack's record contradicts what the attacker wrote
};

const Attack kAttacks[] = {
    {"cxenstored/30-rm-own-frontend", 2, 1, false},
    {"cxenstored/31-backend-to-victim", 3, 1, true},
    {"oxenstored/31-backend-to-victim", 3, 1, true},
    {"cxenstored/34-fill-data", 6, 1, false},
    {"oxenstored/34-fill-data", 6, 1, false},
    {"cxenstored/36-rm-everything", 8, 1, false},
    {"cxenstored/72-driver-domain-lies", 1, 2, true},
    {"cxenstored/80-before-live-update", 1, std::nullopt, false},
    {"oxenstored/80-before-live-update", 1, std::nullopt, false},
};

// Domain 0 did these.
const char* const kNoAttack[] = {
    "cxenstored/41-libxl-vif-removed",           "cxenstored/43-backend-removed",
    "cxenstored/44-libxl-backend-swapped",       "cxenstored/47-libxl-guest-writable",
    "cxenstored/49-backend-guest-writable",      "cxenstored/50-domain-dir-owned-by-guest",
    "cxenstored/51-backend-kind-world-writable", "cxenstored/53-vm-removed",
    "cxenstored/57-backend-of-dead-domain",      "cxenstored/58-libxl-of-dead-domain",
};

TEST_CASE("each attack names the attacker, and never its victim") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.recording);
    const AuditResult result = audit_of(attack.recording);
    bool attacker_could = false;
    bool suspected = false;
    for (const Finding& finding : result.findings) {
      INFO(result.rules[finding.rule].id << " at " << finding.path);
      if (finding.suspect) {
        CHECK(finding.suspect->domid == attack.attacker);
        suspected = true;
        REQUIRE(finding.victim);
        CHECK(finding.victim->domid == attack.victim);
      }
      if (attack.victim && finding.cause.domains) {
        CHECK_FALSE(finding.cause.domains->contains(*attack.victim));
      }
      if (finding.severity == Severity::info) continue;
      REQUIRE(finding.cause.domains);
      CHECK(finding.cause.domains->contains(attack.attacker));
      attacker_could = true;
      const auto& heading = finding.suspect ? finding.suspect : finding.guest;
      REQUIRE(heading);
      CHECK(heading->domid == attack.attacker);
    }
    CHECK(attacker_could);
    CHECK(suspected == attack.record_decides);
  }
}

TEST_CASE("what domain 0 did gives no guest for a suspect") {
  for (const char* const recording : kNoAttack) {
    INFO(recording);
    const AuditResult result = audit_of(recording);
    CHECK_FALSE(result.findings.empty());
    for (const Finding& finding : result.findings) CHECK_FALSE(finding.suspect);
  }
}

TEST_CASE("a domain that could have done it is named as the store names it, or by its UUID") {
  const RuleSet rules = load({rule_file("note", "low",
                                        "match: ~/data/note\nassert: 'false'\n"
                                        "message: a note\nevidence: [path('~/data')]\n")});
  const std::string home =
      "/local/domain/3 = \"\"   (n0,r3)\n"
      "/local/domain/3/vm = \"/vm/" +
      kUuid +
      "\"   (n0,r3)\n"
      "/local/domain/3/data = \"\"   (n4)\n"
      "/local/domain/3/data/note = \"x\"   (n3)\n";
  const AuditResult unnamed = audit(rules, kTop + home);
  REQUIRE(unnamed.findings.size() == 1);
  const Cause& cause = unnamed.findings[0].cause;
  // The directory above belongs to domain 4, which may remove the node but not make one there.
  CHECK(cause.path == "/local/domain/3/data/note");
  CHECK(cause.domains == DomainSet::of({3}));
  REQUIRE(cause.named.size() == 1);
  CHECK(cause.named[0].name.empty());
  CHECK(cause.named[0].uuid == kUuid);

  const AuditResult named =
      audit(rules, kTop + home + "/local/domain/3/name = \"we\\x01b\"   (n0,r3)\n");
  REQUIRE(named.findings.size() == 1);
  REQUIRE(named.findings[0].cause.named.size() == 1);
  CHECK(named.findings[0].cause.named[0].name ==
        "we\x01"
        "b");
}

}  // namespace
}  // namespace xsaudit
