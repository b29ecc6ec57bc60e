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

bool RuleHits::set_aside(NodeId node) {
  Hit& hit = hits[static_cast<std::size_t>(at(node) - hits.data())];
  return !std::exchange(hit.set_aside, true);
}

namespace {

void speak_for(Hit& hit, const Hit& graver) {
  if (graver.said < static_cast<std::int8_t>(hit.severity)) return;
  hit.silent = true;
  hit.said = std::max(hit.said, graver.said);
}

// Those at the same node.
void speak_for_all(std::vector<Hit>& hits, const std::vector<Hit>& gravers) {
  auto graver = gravers.begin();
  for (Hit& hit : hits) {
    while (graver != gravers.end() && graver->node < hit.node) ++graver;
    if (graver == gravers.end()) return;
    if (graver->node == hit.node) speak_for(hit, *graver);
  }
}

// Those elsewhere.
void speak_for_all(RuleHits& own, const AllHits& all) {
  auto yield = own.yields.begin();
  for (Hit& hit : own.hits) {
    while (yield != own.yields.end() && yield->node < hit.node) ++yield;
    for (; yield != own.yields.end() && yield->node == hit.node; ++yield) {
      const Hit* const graver = all[yield->rule].at(yield->at);
      if (graver != nullptr) speak_for(hit, *graver);
    }
  }
}

}  // namespace

void decide_who_yields(const RuleSet& rules, AllHits& all) {
  for (const std::size_t index : rules.order()) {
    RuleHits& own = all[index];
    for (Hit& hit : own.hits) {
      hit.silent = false;
      hit.said = -1;
    }
    for (const RuleProgram::Superseder& graver : rules.rules()[index].program->superseded_by) {
      if (graver.at == nullptr) speak_for_all(own.hits, all[graver.rule].hits);
    }
    speak_for_all(own, all);
    for (Hit& hit : own.hits) {
      if (!hit.silent && !hit.set_aside) hit.said = static_cast<std::int8_t>(hit.severity);
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
