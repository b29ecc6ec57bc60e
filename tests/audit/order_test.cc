// In which order a daemon lists the children of a node is an accident: the two daemons differ, and
// so do a live store and its recording.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <tuple>

#include "audit/store_text.h"
#include "store/snapshot_builder.h"

using namespace xsaudit;

namespace {

Snapshot recorded(const std::string& name) {
  std::ifstream stream(XSAUDIT_SOURCE_DIR "/tests/dumps/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto snapshot = read_dump_text(text, "store");
  if (!snapshot) FAIL(snapshot.error().text());
  return *std::move(snapshot);
}

// The same store, the children of each node by `before`.
template <typename Before>
Snapshot in_order(const Snapshot& store, const Before& before) {
  std::vector<NodeId> nodes(store.size());
  for (NodeId node = 0; node < nodes.size(); ++node) nodes[node] = node;
  std::sort(nodes.begin(), nodes.end(),
            [&](NodeId a, NodeId b) { return before(store.path(a), store.path(b)); });
  SnapshotBuilder builder;
  for (const NodeId node : nodes) {
    const NodeId copy = builder.at(store.path(node));
    builder.set_value(copy, store.value(node));
    if (const Permissions* const permissions = store.permissions(node)) {
      builder.set_permissions(copy, *permissions);
    }
  }
  return std::move(builder).finish(store.info(), UnknownReason::known);
}

using Told = std::tuple<std::string, std::string, std::string, std::uint64_t,
                        std::vector<std::string>, std::string, std::vector<std::string>>;

std::vector<Told> findings_of(const RuleSet& rules, Snapshot store) {
  AuditOptions options;
  options.alive = std::vector<Domid>{0, 1, 6};
  Auditor auditor(schema(), rules, options);
  auditor.add("store", std::move(store));
  const AuditResult result = std::move(auditor).finish();
  std::vector<Told> told;
  for (const Finding& finding : result.findings) {
    std::vector<std::string> evidence;
    for (const Evidence& one : finding.evidence) evidence.push_back(one.path);
    told.emplace_back(result.rules[finding.rule].id, to_text(finding.severity), finding.path,
                      finding.count, finding.samples, finding.fingerprint, evidence);
  }
  return told;
}

}  // namespace

TEST_CASE("the order of children decides nothing") {
  const RuleSet rules = *RuleSet::load(embedded_rules(), schema());
  const std::string lab = "lab-xen4.17-cxenstored/";
  for (const std::string name : {"34-fill-data", "57-backend-of-dead-domain"}) {
    INFO(name);
    const Snapshot store = recorded(lab + name + ".fp.txt");
    const auto told = findings_of(rules, in_order(store, std::less<>()));
    CHECK(!told.empty());
    CHECK(told == findings_of(rules, in_order(store, std::greater<>())));
  }
}

TEST_CASE("the order of children does not decide which of many faults are told one by one") {
  const RuleSet rules = load({rule_file("open", "high",
                                        "match: /**\n"
                                        "assert: \"!(default_access(node) in ['w', 'b'])\"\n"
                                        "message: everybody may write it\n")});
  std::string text = kTop + "/local/domain/1 = \"\"   (n0,r1)\n";
  for (int i = 0; i < 300; ++i) {
    text += "/local/domain/1/x" + std::to_string(i) + " = \"\"   (b1)\n";
  }
  const auto store = read_dump_text(text, "store");
  REQUIRE(store);
  const auto told = findings_of(rules, in_order(*store, std::less<>()));
  CHECK(told.size() == 26);
  CHECK(told == findings_of(rules, in_order(*store, std::greater<>())));
}
