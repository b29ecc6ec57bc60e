#include "rules/rule_run.h"

#include <algorithm>
#include <iterator>
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

RuleRun::RuleRun(const Rule& rule, const Facts& facts, Columns& columns)
    : rule_(rule), program_(*rule.program), facts_(facts), frame_(facts, columns, program_.layout) {
  SlotSet allowed = bit(kNodeSlot);
  for (const auto& let : program_.layout.lets) allowed |= bit(let.first);
  const Reads& reads = program_.assertion->reads();
  if (!reads.whole_node && reads.without(allowed).slots == 0) {
    by_permissions_.resize(facts.snapshot.permission_lists());
  }
}

void RuleRun::find() {
  const auto& alternatives = program_.match.alternatives;
  for (std::uint32_t i = 0; i < alternatives.size(); ++i) {
    const auto found = [&](NodeId node, const std::vector<Binding>& bindings) {
      frame_.move_to(node);
      program_.match.bind(frame_, alternatives[i], bindings);
      judge(node, i);
      return true;
    };
    const auto gap = [&](NodeId node, const std::vector<Binding>&) {
      frame_.move_to(node);
      not_evaluated(node, *frame_.unknown(node, "its children are not all known",
                                          facts_.snapshot.children_unknown(node)));
    };
    alternatives[i].pattern.for_each(facts_.snapshot, {}, found, gap);
  }
  // A node that several alternatives match is told once.
  std::stable_sort(hits_.begin(), hits_.end(),
                   [](const Hit& a, const Hit& b) { return a.node < b.node; });
  hits_.erase(std::unique(hits_.begin(), hits_.end(),
                          [](const Hit& a, const Hit& b) { return a.node == b.node; }),
              hits_.end());
}

Value RuleRun::assertion_holds(NodeId node) {
  const PermissionsId id = facts_.snapshot.permissions_id(node);
  if (by_permissions_.empty() || id == kNoPermissions) {
    return program_.assertion->evaluate(frame_);
  }
  Remembered& remembered = by_permissions_[id];
  if (!remembered.known) {
    const Value holds = program_.assertion->evaluate(frame_);
    if (holds.is(Value::Kind::unknown)) return holds;
    remembered = {true, holds.boolean, frame_.took_for_dead};
  }
  if (remembered.took_for_dead) frame_.took_for_dead = true;
  return Value::of(remembered.holds);
}

// Violated where it applies and its assertion does not hold. Either may be unknown, if the other
// decides.
void RuleRun::judge(NodeId node, std::uint32_t alternative) {
  const bool cheap = !by_permissions_.empty();
  if (cheap && assertion_holds(node).is_true()) return;
  Value applies = Value::of(true);
  if (program_.when != nullptr) applies = program_.when->evaluate(frame_);
  if (applies.is_false()) return;
  const Value holds = assertion_holds(node);
  if (holds.is_true()) return;
  if (applies.is_true() && holds.is_false()) {
    hits_.push_back({node, alternative, frame_.took_for_dead});
    return;
  }
  const Unknown* const a = applies.is(Value::Kind::unknown) ? applies.unknown : nullptr;
  const Unknown* const b = holds.is(Value::Kind::unknown) ? holds.unknown : nullptr;
  not_evaluated(node, *worse(a, b));
}

void RuleRun::not_evaluated(NodeId node, const Unknown& unknown) {
  const auto [place, added] = not_evaluated_.try_emplace({unknown.fact, unknown.reason});
  NotEvaluated& entry = place->second;
  if (!added) {
    ++entry.count;
    return;
  }
  entry.rule = &rule_;
  entry.path = facts_.snapshot.path(node);
  entry.reason = unknown.text();
  entry.by_form = unknown.by_form;
}

std::vector<bool> RuleRun::fired() const {
  std::vector<bool> fired(facts_.snapshot.size());
  for (const Hit& hit : hits_) fired[hit.node] = true;
  return fired;
}

void RuleRun::move_to(const Hit& hit) {
  frame_.move_to(hit.node);
  const NamedPatterns::Alternative& alternative = program_.match.alternatives[hit.alternative];
  alternative.pattern.matches(frame_.text_of(frame_.slots[kNodeSlot]), bindings_);
  program_.match.bind(frame_, alternative, bindings_);
}

bool RuleRun::spoken_for(const FiredNodes& fired) {
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

std::size_t RuleRun::first_of_subtree(const std::vector<Hit>& hits, std::size_t i) const {
  const NodeId parent = facts_.snapshot.parent(hits[i].node);
  const auto end = hits.begin() + static_cast<std::ptrdiff_t>(i);
  const auto above = std::lower_bound(hits.begin(), end, parent,
                                      [](const Hit& hit, NodeId node) { return hit.node < node; });
  return above != end && above->node == parent ? static_cast<std::size_t>(above - hits.begin()) : i;
}

std::size_t RuleRun::first_alike(std::size_t i) {
  const Value value = program_.once_per->evaluate(frame_);
  if (value.is(Value::Kind::unknown)) return i;
  std::string key;
  append_key(frame_, value, key);
  return alike_.try_emplace(std::move(key), i).first->second;
}

void RuleRun::gravest_first(std::vector<Hit>& hits) {
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

std::vector<RuleRun::Told> RuleRun::gather(const std::vector<Hit>& hits) {
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
Severity RuleRun::severity(const Hit& hit) {
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

bool RuleRun::proven() {
  if (!program_.settles) return true;
  return program_.proven != nullptr && program_.proven->evaluate(frame_).is_true();
}

std::string RuleRun::about_liveness(const Hit& hit) const {
  if (!hit.took_for_dead) return {};
  switch (facts_.liveness.basis) {
    case Liveness::Basis::introduced: return {};
    case Liveness::Basis::given: return " (going by the domains given as alive)";
    case Liveness::Basis::inferred: break;
  }
  return " (which domains are alive was inferred from the store)";
}

void RuleRun::add_evidence(const Value& value, std::vector<std::string>& evidence) {
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

Violation RuleRun::describe(const Told& told) {
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

void RuleRun::report(const FiredNodes& fired, Evaluation& into) {
  frame_.watch_secrets = true;
  std::vector<Hit> hits;
  for (const Hit& hit : hits_) {
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
  for (auto& [reason, entry] : not_evaluated_) into.not_evaluated.push_back(std::move(entry));
}

}  // namespace xsaudit
