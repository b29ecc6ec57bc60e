#include "rules/superseding.h"

#include <algorithm>
#include <utility>

#include "rules/rule.h"

namespace xsaudit {

const Hit* RuleHits::at(NodeId node) const {
  const auto found =
      std::lower_bound(hits.begin(), hits.end(), node,
                       [](const Hit& hit, NodeId wanted) { return hit.node < wanted; });
  return found != hits.end() && found->node == node ? &*found : nullptr;
}

bool RuleHits::suppress(NodeId node) {
  Hit& hit = hits[static_cast<std::size_t>(at(node) - hits.data())];
  return !std::exchange(hit.suppressed, true);
}

namespace {

void supersede(Hit& hit, const Hit& superseder) {
  if (superseder.reported_severity < static_cast<std::int8_t>(hit.severity)) return;
  hit.superseded = true;
  hit.reported_severity = std::max(hit.reported_severity, superseder.reported_severity);
}

// Applies the hits at the same node.
void supersede_all(std::vector<Hit>& hits, const std::vector<Hit>& superseders) {
  auto superseder = superseders.begin();
  for (Hit& hit : hits) {
    while (superseder != superseders.end() && superseder->node < hit.node) ++superseder;
    if (superseder == superseders.end()) return;
    if (superseder->node == hit.node) supersede(hit, *superseder);
  }
}

// Applies the hits at other nodes.
void supersede_all(RuleHits& own, const AllHits& all) {
  auto supersession = own.supersessions.begin();
  for (Hit& hit : own.hits) {
    while (supersession != own.supersessions.end() && supersession->node < hit.node) ++supersession;
    for (; supersession != own.supersessions.end() && supersession->node == hit.node;
         ++supersession) {
      const Hit* const superseder = all[supersession->rule].at(supersession->at);
      if (superseder != nullptr) supersede(hit, *superseder);
    }
  }
}

}  // namespace

void mark_superseded(const RuleSet& rules, AllHits& all) {
  for (const std::size_t index : rules.order()) {
    RuleHits& own = all[index];
    for (Hit& hit : own.hits) {
      hit.superseded = false;
      hit.reported_severity = -1;
    }
    for (const RuleProgram::Superseder& superseder : rules.rules()[index].program->superseded_by) {
      if (superseder.at == nullptr) supersede_all(own.hits, all[superseder.rule].hits);
    }
    supersede_all(own, all);
    for (Hit& hit : own.hits) {
      if (hit.superseded || hit.suppressed) continue;
      hit.reported_severity = static_cast<std::int8_t>(hit.severity);
    }
  }
}

Severity lowest_severity(const Rule& rule, const RuleProgram& program) {
  Severity lowest = rule.severity;
  for (const auto& one : program.severity_when) lowest = std::min(lowest, one.severity);
  return lowest;
}

Severity highest_severity(const Rule& rule, const RuleProgram& program) {
  Severity highest = rule.severity;
  for (const auto& one : program.severity_when) highest = std::max(highest, one.severity);
  return highest;
}

}  // namespace xsaudit
