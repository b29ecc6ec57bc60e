#include "rules/rule_report.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "rules/language/search_index.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMostSamples = 5;
constexpr std::size_t kMostEvidence = 20;

// Whose finding it is: what is said of one guest must not crowd out what is said of another.
std::optional<Domid> guest_of(const Facts& facts, std::string_view path) {
  if (const auto device = facts.schema.devices().device_of(path)) return device->domid;
  return facts.schema.domains().domain_of(path);
}

// The first few in the order of their paths.
std::vector<std::string> first_paths(const Snapshot& snapshot, const std::vector<NodeId>& nodes) {
  std::set<std::string> paths;
  for (const NodeId node : nodes) {
    paths.insert(snapshot.path(node));
    if (paths.size() > kMostSamples) paths.erase(std::prev(paths.end()));
  }
  return {paths.begin(), paths.end()};
}

}  // namespace

RuleReport::RuleReport(const Rule& rule, const Facts& facts, Frame& frame)
    : rule_(rule), program_(*rule.program), facts_(facts), frame_(frame) {}

void RuleReport::move_to(const Hit& hit) {
  frame_.move_to(hit.node);
  const NamedPatterns::Alternative& alternative = program_.match.alternatives[hit.alternative];
  alternative.pattern.matches(frame_.text_of(frame_.slots[kNodeSlot]), bindings_);
  program_.match.bind(frame_, alternative, bindings_);
}

bool RuleReport::spoken_for(const FiredNodes& fired) {
  for (const RuleProgram::Graver& graver : program_.yields_to) {
    NodeId node = frame_.node();
    if (graver.at != nullptr) {
      const Value path = graver.at->evaluate(frame_);
      if (path.is(Value::Kind::unknown) || path.is(Value::Kind::null)) continue;
      node = find_place(frame_, path).node;
    }
    const std::vector<bool>& nodes = fired[graver.rule];
    if (node != kNoNode && !nodes.empty() && nodes[node]) return true;
  }
  return false;
}

std::size_t RuleReport::first_of_subtree(const std::vector<Hit>& hits, std::size_t i) const {
  const NodeId parent = facts_.snapshot.parent(hits[i].node);
  const auto end = hits.begin() + static_cast<std::ptrdiff_t>(i);
  const auto above = std::lower_bound(hits.begin(), end, parent,
                                      [](const Hit& hit, NodeId node) { return hit.node < node; });
  return above != end && above->node == parent ? static_cast<std::size_t>(above - hits.begin()) : i;
}

std::size_t RuleReport::first_alike(std::size_t i) {
  const Value value = program_.once_per->evaluate(frame_);
  if (value.is(Value::Kind::unknown)) return i;
  std::string key;
  append_key(frame_, value, key);
  return alike_.try_emplace(std::move(key), i).first->second;
}

void RuleReport::gravest_first(std::vector<Hit>& hits) {
  struct Rank {
    Severity severity;
    std::string path;
    Hit hit;
  };
  std::vector<Rank> ranks;
  for (const Hit& hit : hits) {
    move_to(hit);
    ranks.push_back({severity(hit), facts_.snapshot.path(hit.node), hit});
  }
  std::sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) {
    return std::tie(b.severity, a.path) < std::tie(a.severity, b.path);
  });
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i] = ranks[i].hit;
}

std::vector<RuleReport::Told> RuleReport::gather(const std::vector<Hit>& hits) {
  std::vector<Told> told;
  std::vector<std::size_t> group(hits.size());  // where in `told` a hit went
  std::vector<Severity> severities(hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    std::size_t first = i;
    if (program_.once_per_subtree) {
      first = first_of_subtree(hits, i);
      if (!program_.severity_when.empty()) {
        move_to(hits[i]);
        severities[i] = severity(hits[i]);
        // What is graver than the same above it is told by itself.
        if (severities[i] > severities[first]) first = i;
      }
    }
    if (program_.once_per != nullptr) {
      move_to(hits[i]);
      first = first_alike(i);
    }
    if (first == i) {
      group[i] = told.size();
      told.push_back({hits[i], {}});
      continue;
    }
    group[i] = group[first];
    told[group[i]].others.push_back(hits[i].node);
  }
  return told;
}

// What rests on a domain being dead, and that only inferred, weighs less.
Severity RuleReport::severity(const Hit& hit) {
  Severity severity = rule_.severity;
  for (const RuleProgram::SeverityCase& one : program_.severity_when) {
    if (!one.when->evaluate(frame_).is_true()) continue;
    severity = one.severity;
    break;
  }
  const bool inferred = hit.took_for_dead && facts_.liveness.basis == Liveness::Basis::inferred;
  if (!inferred || severity == Severity::info) return severity;
  return static_cast<Severity>(static_cast<int>(severity) - 1);
}

bool RuleReport::proven() {
  if (!program_.settles) return true;
  return program_.proven != nullptr && program_.proven->evaluate(frame_).is_true();
}

std::string RuleReport::about_liveness(const Hit& hit) const {
  if (!hit.took_for_dead) return {};
  switch (facts_.liveness.basis) {
    case Liveness::Basis::introduced: return {};
    case Liveness::Basis::given: return " (going by the domains given as alive)";
    case Liveness::Basis::inferred: break;
  }
  return " (which domains are alive was inferred from the store)";
}

void RuleReport::add_evidence(const Value& value, std::vector<std::string>& evidence) {
  if (value.is(Value::Kind::list)) {
    for (std::uint32_t i = 0; i < value.size; ++i) add_evidence(value.items[i], evidence);
    return;
  }
  if (!value.is(Value::Kind::text) && !value.is(Value::Kind::path)) return;
  const std::string_view path = frame_.text_of(value);
  if (evidence.size() >= kMostEvidence || !path.starts_with('/')) return;
  if (std::find(evidence.begin(), evidence.end(), path) != evidence.end()) return;
  evidence.emplace_back(path);
}

Violation RuleReport::describe(const Told& told) {
  Violation violation;
  violation.rule = &rule_;
  violation.severity = severity(told.hit);
  violation.settles = program_.settles;
  violation.proven = proven();
  violation.node = told.hit.node;
  violation.path = facts_.snapshot.path(told.hit.node);
  violation.message = program_.message.text(frame_) + about_liveness(told.hit);
  if (program_.fix) violation.fix = program_.fix->text(frame_);
  for (const NamedPatterns::Variable& variable : program_.match.variables) {
    const Value& value = frame_.slots[variable.slot];
    if (value.is(Value::Kind::null)) continue;
    violation.bindings.emplace_back(variable.name, value.is(Value::Kind::integer)
                                                       ? std::to_string(value.integer)
                                                       : std::string(frame_.text_of(value)));
  }
  violation.evidence.push_back(violation.path);
  for (const ExpressionPtr& one : program_.evidence) {
    add_evidence(one->evaluate(frame_), violation.evidence);
  }
  violation.count = told.count();
  violation.others = told.others;
  violation.samples = first_paths(facts_.snapshot, told.others);
  return violation;
}

void RuleReport::tell(const std::vector<Hit>& all_hits, const FiredNodes& fired, Evaluation& into) {
  frame_.watch_secrets = true;
  frame_.heeds_clock = false;
  std::vector<Hit> hits;
  for (const Hit& hit : all_hits) {
    if (!program_.yields_to.empty()) {
      move_to(hit);
      if (spoken_for(fired)) continue;
    }
    hits.push_back(hit);
  }
  // Which of them speaks for the others must not depend on the order in which a daemon lists the
  // children of a node.
  if (program_.once_per != nullptr) gravest_first(hits);
  std::vector<Told> all = gather(hits);
  if (all.size() > kMostPerGuest) {
    const auto path = [&](const Told& told) { return facts_.snapshot.path(told.hit.node); };
    std::sort(all.begin(), all.end(),
              [&](const Told& a, const Told& b) { return path(a) < path(b); });
  }
  struct Guest {
    std::uint64_t told = 0;
    std::size_t rest = 0;  // where in `into` those beyond kMostPerGuest are counted
  };
  std::map<std::optional<Domid>, Guest> guests;
  for (const Told& told : all) {
    move_to(told.hit);
    const std::string_view path = frame_.text_of(frame_.slots[kNodeSlot]);
    Guest& guest = guests[guest_of(facts_, path)];
    if (++guest.told <= kMostPerGuest) {
      into.violations.push_back(describe(told));
      continue;
    }
    if (guest.told == kMostPerGuest + 1) {
      guest.rest = into.violations.size();
      into.violations.push_back(describe(told));
      into.violations.back().samples.clear();
      continue;
    }
    Violation& rest = into.violations[guest.rest];
    rest.severity = std::max(rest.severity, severity(told.hit));
    rest.proven = rest.proven || proven();
    rest.count += told.count();
    rest.others.push_back(told.hit.node);
    rest.others.insert(rest.others.end(), told.others.begin(), told.others.end());
    if (rest.samples.size() < kMostSamples) rest.samples.emplace_back(path);
    rest.message = "the same as at " + std::to_string(kMostPerGuest) +
                   " nodes told one by one, at " + std::to_string(rest.count) +
                   " more: " + rule_.title;
  }
}

}  // namespace xsaudit
