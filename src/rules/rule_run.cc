#include "rules/rule_run.h"

#include <algorithm>
#include <utility>

#include "rules/eval/search_index.h"

namespace xsaudit {

RuleRun::RuleRun(const Rule& rule, const AuditContext& facts, StoreIndex& store_index,
                 Shortcuts shortcuts)
    : rule_(rule),
      program_(*rule.program),
      facts_(facts),
      context_(facts, store_index, program_.layout),
      any_unplaced_(store_index.any_unplaced()),
      settled_(program_.layout) {
  if (shortcuts == Shortcuts::none) return;
  settled_ = settled_nodes(program_);
  SlotSet allowed = bit(kNodeSlot);
  for (const auto& let : program_.layout.lets) allowed |= bit(let.first);
  const Reads& reads = program_.assertion->reads();
  if ((reads.node & ~kNodePermissions) == 0 && reads.without(allowed).slots == 0) {
    by_permissions_.resize(facts.snapshot.permission_lists());
  }
}

RuleHits RuleRun::find(const Matches* matches) {
  context_.store_index.clock().read();
  for (std::uint32_t i = 0; i < program_.match.alternatives.size() && found_.finished; ++i) {
    found_.finished = matches == nullptr ? find(i) : find(i, (*matches)[i]);
  }
  if (!found_.finished) not_evaluated(kRootNode, *context_.time_up());
  // A node that several alternatives match is reported once.
  std::vector<Hit>& hits = found_.hits;
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.node < b.node; });
  hits.erase(std::unique(hits.begin(), hits.end(),
                         [](const Hit& a, const Hit& b) { return a.node == b.node; }),
             hits.end());
  for (auto& [reason, entry] : not_evaluated_) {
    if (entry.by_liveness) {
      const std::string domains =
          entry.domids.empty() ? "some domains" : DomainSet::of(entry.domids).text();
      entry.reason = "whether " + domains + (entry.domids.size() == 1 ? " was" : " were") +
                     " running is unknown; list the domains that were running with --domains";
    }
    entry.everywhere = !decided_somewhere_;
    found_.not_evaluated.push_back(std::move(entry));
  }
  return std::move(found_);
}

// A node of the pattern, all names bound. False if the time limit was reached.
inline bool RuleRun::look_at(NodeId node, std::uint32_t alternative) {
  if (any_unplaced_ && context_.store_index.stands_for_place(node)) return true;
  if (!context_.step()) return false;
  if (settled_.contains(context_, node)) {
    decided_somewhere_ = true;
    return true;
  }
  context_.move_to(node);
  return judge(node, alternative);
}

bool RuleRun::find(std::uint32_t alternative) {
  const NamedPatterns::Alternative& taken = program_.match.alternatives[alternative];
  bool in_time = true;
  names_node_ = taken.pattern.names_one_path();
  const auto found = [&](NodeId node, const std::vector<Binding>& bindings) {
    program_.match.bind(context_, taken, bindings);
    in_time = look_at(node, alternative);
    return in_time;
  };
  const auto gap = [&](NodeId node, const std::vector<Binding>&) {
    context_.move_to(node);
    not_evaluated(node, *context_.unknown(node, "its children are not all known",
                                          facts_.snapshot.children_unknown(node)));
  };
  taken.pattern.for_each(facts_.snapshot, {}, found, gap);
  return in_time;
}

// All nodes from the first one on, with the same names bound. The clock is asked between pieces.
bool RuleRun::find_below(NodeId first, NodeId end, std::uint32_t alternative) {
  constexpr NodeId kPiece = 4096;
  for (NodeId node = first; node < end;) {
    if (any_unplaced_) {
      if (!look_at(node++, alternative)) return false;
      continue;
    }
    const NodeId stop = end - node < kPiece ? end : node + kPiece;
    const NodeId open = settled_.first_open(context_, node, stop);
    decided_somewhere_ = decided_somewhere_ || open > node;
    if (!context_.step(open - node)) return false;
    node = open;
    if (open == stop) continue;
    if (!context_.step()) return false;
    context_.move_to(node);
    if (!judge(node++, alternative)) return false;
  }
  return true;
}

bool RuleRun::find(std::uint32_t alternative, std::span<const NodeId> matches) {
  const NamedPatterns::Alternative& taken = program_.match.alternatives[alternative];
  names_node_ = taken.pattern.names_one_path();
  for (const NodeId top : matches) {
    if (!taken.pattern.bind_at(facts_.snapshot, top, bindings_)) continue;
    program_.match.bind(context_, taken, bindings_);
    settled_.begin_round();
    const NodeId end = taken.pattern.deep() ? facts_.snapshot.subtree_end(top) : top + 1;
    if (!find_below(top, end, alternative)) return false;
  }
  return true;
}

Value RuleRun::assertion_holds(NodeId node) {
  const PermissionsId id = facts_.snapshot.permissions_id(node);
  if (by_permissions_.empty() || id == kNoPermissions) {
    return program_.assertion->evaluate(context_);
  }
  std::optional<Value>& remembered = by_permissions_[id];
  if (remembered) return *remembered;
  const ValueReads::WholeScope scope(facts_.snapshot.reads());
  const Value holds = program_.assertion->evaluate(context_);
  if (!holds.is(Value::Kind::unknown)) remembered = holds;
  return holds;
}

// True if the rule applies and its assertion does not hold. One of the two may be unknown if the
// other decides.
Value RuleRun::violated(NodeId node) {
  const bool cheap = !by_permissions_.empty();
  if (cheap && assertion_holds(node).is_true()) return Value::of(false);
  Value applies = Value::of(true);
  if (program_.when != nullptr) applies = program_.when->evaluate(context_);
  if (applies.is_false()) return applies;
  const Value holds = assertion_holds(node);
  if (holds.is_true()) return Value::of(false);
  if (applies.is_true() && holds.is_false()) {
    Dependence dependence;
    dependence.take(applies);
    dependence.take(holds);
    return dependence.give(Value::of(true));
  }
  const Unknown* const a = applies.is(Value::Kind::unknown) ? applies.unknown : nullptr;
  const Unknown* const b = holds.is(Value::Kind::unknown) ? holds.unknown : nullptr;
  return Value::of(worse(a, b));
}

// A result that was reached after the time limit is valid.
bool RuleRun::judge(NodeId node, std::uint32_t alternative) {
  const Value violated = this->violated(node);
  if (violated.is(Value::Kind::unknown)) {
    if (context_.store_index.clock().over()) return false;
    not_evaluated(node, *violated.unknown);
    return true;
  }
  decided_somewhere_ = true;
  if (violated.boolean) found_.hits.push_back(hit_here(node, alternative, violated));
  return true;
}

// A finding that relies on an inferred list of running domains has a lower severity.
Severity RuleRun::severity(bool relies_on_liveness, bool& sure) {
  Severity severity = rule_.severity;
  for (const RuleProgram::SeverityCase& one : program_.severity_when) {
    const Value holds = one.when->evaluate(context_);
    if (holds.is(Value::Kind::unknown)) sure = false;
    if (!holds.is_true()) continue;
    severity = one.severity;
    break;
  }
  const bool inferred = relies_on_liveness && facts_.liveness.basis == Liveness::Basis::inferred;
  if (!inferred || severity == Severity::info) return severity;
  return static_cast<Severity>(static_cast<int>(severity) - 1);
}

Hit RuleRun::hit_here(NodeId node, std::uint32_t alternative, const Value& violated) {
  Hit hit;
  hit.node = node;
  hit.alternative = alternative;
  hit.relies_on_liveness = violated.has(kLivenessMark);
  context_.heeds_clock = false;
  hit.severity = severity(hit.relies_on_liveness, hit.severity_sure);
  if (program_.transient) {
    hit.confirmed =
        program_.confirmed != nullptr && program_.confirmed->evaluate(context_).is_true();
  }
  context_.heeds_clock = true;
  return hit;
}

bool RuleRun::move_to(NodeId node, std::uint32_t alternative) {
  context_.move_to(node);
  const NamedPatterns::Alternative& taken = program_.match.alternatives[alternative];
  if (!taken.pattern.matches(context_.text_of(context_.slots[kNodeSlot]), bindings_)) return false;
  program_.match.bind(context_, taken, bindings_);
  return true;
}

RuleRun::State RuleRun::state_at(NodeId node, Hit& hit) {
  State state = State::holds;
  for (std::uint32_t i = 0; i < program_.match.alternatives.size(); ++i) {
    if (!move_to(node, i)) continue;
    const Value violated = this->violated(node);
    if (violated.is_true()) {
      hit = hit_here(node, i, violated);
      return State::violated;
    }
    if (violated.is(Value::Kind::unknown)) state = State::unknown;
  }
  return state;
}

std::optional<std::string> RuleRun::superseder_path(const Hit& hit,
                                                    const RuleProgram::Superseder& superseder) {
  context_.heeds_clock = false;  // the hit has been found
  if (!move_to(hit.node, hit.alternative)) return std::nullopt;
  if (superseder.at == nullptr) return facts_.snapshot.path(hit.node);
  const Value path = superseder.at->evaluate(context_);
  if (path.is(Value::Kind::unknown) || path.is(Value::Kind::null)) return std::nullopt;
  return std::string(context_.text_of(path));
}

void RuleRun::find_supersessions(const AllHits& all, RuleHits& own) {
  context_.heeds_clock = false;  // the hits have been found
  for (const Hit& hit : own.hits) {
    bool moved = false;
    for (const RuleProgram::Superseder& superseder : program_.superseded_by) {
      const RuleHits& others = all[superseder.rule];
      if (superseder.at == nullptr || others.hits.empty()) continue;
      if (!moved) move_to(hit.node, hit.alternative);
      moved = true;
      const Value path = superseder.at->evaluate(context_);
      if (path.is(Value::Kind::unknown) || path.is(Value::Kind::null)) continue;
      const NodeId at = look_up_node(context_, path).node;
      if (at == kNoNode || others.at(at) == nullptr) continue;
      own.supersessions.push_back({hit.node, static_cast<std::uint32_t>(superseder.rule), at});
    }
  }
}

void RuleRun::not_evaluated(NodeId node, const Unknown& unknown) {
  // A rule over all nodes does not report a special node that the daemon never returns: every such
  // rule would report the same. A rule for that very node does.
  const bool special = unknown.not_given && context_.text_of(unknown.path).starts_with("/@");
  if (special && !names_node_) return;
  if (facts_.snapshot.reads() != nullptr) undecided_.push_back(node);
  const auto [place, added] = not_evaluated_.try_emplace({unknown.fact, unknown.reason});
  NotEvaluated& entry = place->second;
  if (unknown.of_liveness) note_domain(unknown.domid, entry);
  if (!added) {
    ++entry.count;
    return;
  }
  entry.rule = &rule_;
  entry.path = facts_.snapshot.path(node);
  entry.reason = context_.text_of(unknown);
  entry.by_form = unknown.by_form;
}

void RuleRun::note_domain(std::int64_t domid, NotEvaluated& entry) {
  entry.by_liveness = true;
  if (domid < 0 || domid > UINT32_MAX || entry.domids.size() >= NotEvaluated::kMaxDomids) return;
  const auto number = static_cast<Domid>(domid);
  const auto place = std::lower_bound(entry.domids.begin(), entry.domids.end(), number);
  if (place == entry.domids.end() || *place != number) entry.domids.insert(place, number);
}

}  // namespace xsaudit
