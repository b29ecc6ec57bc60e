#include "rules/rule_report.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/escape.h"
#include "rules/eval/search_index.h"
#include "rules/functions/described_access.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxSamples = 5;
constexpr std::size_t kMaxEvidence = 20;
constexpr std::int64_t kMaxDomid = 65535;

// The first few in the order of their paths.
std::vector<std::string> first_paths(const Snapshot& snapshot, const NameOrder& order,
                                     const std::vector<NodeId>& nodes) {
  std::vector<std::pair<std::uint32_t, NodeId>> placed;
  for (const NodeId node : nodes) placed.emplace_back(order.place(node), node);
  const auto end =
      placed.begin() + static_cast<std::ptrdiff_t>(std::min(placed.size(), kMaxSamples));
  std::partial_sort(placed.begin(), end, placed.end());
  std::vector<std::string> paths;
  for (auto one = placed.begin(); one != end; ++one) paths.push_back(snapshot.path(one->second));
  return paths;
}

}  // namespace

RuleReport::RuleReport(const RuleSet& rules, std::size_t rule, const AuditContext& facts,
                       StoreIndex& store_index)
    : rules_(rules),
      rule_(rules.rules()[rule]),
      program_(*rule_.program),
      facts_(facts),
      context_(facts, store_index, program_.layout, EvalContext::Secrets::marked) {}

void RuleReport::move_to(const Hit& hit) {
  context_.move_to(hit.node);
  const NamedPatterns::Alternative& alternative = program_.match.alternatives[hit.alternative];
  context_.store_index.matches(alternative.pattern, hit.node, bindings_);
  program_.match.bind(context_, alternative, bindings_);
}

std::optional<Domid> RuleReport::guest_of(NodeId node) {
  if (node >= guest_.begin && node < guest_.end) return guest_.domid;
  const DeviceTable& devices = facts_.schema.devices();
  const DomainTable& domains = facts_.schema.domains();
  // Deeper names do not matter, and all nodes below that level are of one guest.
  const std::size_t levels = std::max(devices.levels(), domains.home().segments().size());
  StoreIndex& index = context_.store_index;
  const bool deep = index.depth(node) >= levels;
  const NodeId top = deep ? index.ancestor(node, levels) : node;
  const std::string path = facts_.snapshot.path(top);
  const auto device = devices.device_of(path);
  guest_ = {top, deep ? facts_.snapshot.subtree_end(top) : top + 1,
            device ? device->domid : domains.domain_of(path)};
  return guest_.domid;
}

std::size_t RuleReport::first_of_subtree(const std::vector<Hit>& hits, std::size_t i) const {
  const NodeId parent = facts_.snapshot.parent(hits[i].node);
  const auto end = hits.begin() + static_cast<std::ptrdiff_t>(i);
  const auto above = std::lower_bound(hits.begin(), end, parent,
                                      [](const Hit& hit, NodeId node) { return hit.node < node; });
  return above != end && above->node == parent ? static_cast<std::size_t>(above - hits.begin()) : i;
}

std::size_t RuleReport::first_alike(std::size_t i) {
  const Value value = program_.once_per->evaluate(context_);
  if (value.is(Value::Kind::unknown)) return i;
  std::string key;
  append_key(context_, value, key);
  return alike_.try_emplace(std::move(key), i).first->second;
}

void RuleReport::most_severe_first(std::vector<Hit>& hits) {
  struct Rank {
    Severity severity;
    std::uint32_t place;
    std::size_t hit;
  };
  std::vector<Rank> ranks;
  ranks.reserve(hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    ranks.push_back({hits[i].severity, order().place(hits[i].node), i});
  }
  std::sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) {
    return std::tie(b.severity, a.place) < std::tie(a.severity, b.place);
  });
  std::vector<Hit> sorted;
  sorted.reserve(hits.size());
  for (const Rank& rank : ranks) sorted.push_back(hits[rank.hit]);
  hits = std::move(sorted);
}

std::vector<RuleReport::Group> RuleReport::gather(const std::vector<Hit>& hits) {
  std::vector<Group> groups;
  std::vector<std::size_t> group_of(hits.size());  // index in `groups` of each hit
  for (std::size_t i = 0; i < hits.size(); ++i) {
    std::size_t first = i;
    if (program_.once_per_subtree) {
      first = first_of_subtree(hits, i);
      // A hit that is more severe than the same fault above it is reported separately.
      if (hits[i].severity > hits[first].severity) first = i;
    }
    if (program_.once_per != nullptr) {
      move_to(hits[i]);
      first = first_alike(i);
    }
    if (first == i) {
      group_of[i] = groups.size();
      groups.push_back({.hit = hits[i], .others = {}});
      continue;
    }
    group_of[i] = group_of[first];
    groups[group_of[i]].others.push_back(hits[i].node);
  }
  return groups;
}

const NameOrder& RuleReport::order() {
  if (!order_) order_.emplace(facts_.snapshot, *hits_);
  return *order_;
}

std::vector<std::pair<std::uint32_t, std::size_t>> RuleReport::report_order(
    const std::vector<Group>& groups) {
  std::vector<std::pair<std::uint32_t, std::size_t>> places;
  places.reserve(groups.size());
  const bool by_name = groups.size() > kMaxPerGuest;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    places.emplace_back(by_name ? order().place(groups[i].hit.node) : 0, i);
  }
  std::sort(places.begin(), places.end());
  return places;
}

// Names the domains in the path of the hit whose state is unknown.
std::string RuleReport::perhaps_dead() const {
  std::vector<Domid> domids;
  for (const NamedPatterns::Variable& variable : program_.match.variables) {
    const Value& value = context_.slots[variable.slot];
    const auto type = facts_.schema.variables().find(variable.name);
    if (type == facts_.schema.variables().end() || type->second != VariableType::domid) continue;
    if (!value.is(Value::Kind::integer)) continue;
    const auto domid = static_cast<Domid>(value.integer);
    if (facts_.liveness.state(domid) == Liveness::State::unknown) domids.push_back(domid);
  }
  const bool several = domids.size() > 1;
  const std::string who = domids.empty() ? "its domain" : DomainSet::of(domids).text();
  return " (whether " + who + (several ? " are" : " is") +
         " running is not known; if not, this is left over)";
}

std::string RuleReport::about_liveness(const Hit& hit) const {
  if (hit.either_way) return perhaps_dead();
  if (!hit.relies_on_liveness) return {};
  switch (facts_.liveness.basis) {
    case Liveness::Basis::introduced: return {};
    case Liveness::Basis::given: return " (relies on the given list of running domains)";
    case Liveness::Basis::inferred: break;
  }
  return " (relies on running domains inferred from the store)";
}

std::string RuleReport::about_recheck(const Hit& hit) const {
  switch (hit.recheck) {
    case Recheck::seen_once: return " (seen once; may be transient)";
    case Recheck::not_seen: return " (it could not be re-checked)";
    case Recheck::renamed:
      return " (after the re-check: " + rules_.rules()[hit.later_rule].id + ")";
    default: return {};
  }
}

void RuleReport::add_evidence(const Value& value, std::vector<std::string>& evidence) {
  if (value.is(Value::Kind::list)) {
    for (std::uint32_t i = 0; i < value.size; ++i) add_evidence(value.items[i], evidence);
    return;
  }
  if (!value.is(Value::Kind::text) && !value.is(Value::Kind::path)) return;
  const std::string_view path = context_.text_of(value);
  if (evidence.size() >= kMaxEvidence || !path.starts_with('/')) return;
  if (std::find(evidence.begin(), evidence.end(), path) != evidence.end()) return;
  evidence.emplace_back(path);
}

void RuleReport::add_state(const Value& value, std::vector<StatePart>& state) {
  switch (value.kind) {
    case Value::Kind::unknown: state.push_back({"unknown", {}}); break;
    case Value::Kind::null: state.push_back({"null", {}}); break;
    case Value::Kind::boolean: state.push_back({value.boolean ? "true" : "false", {}}); break;
    case Value::Kind::integer: state.push_back({std::to_string(value.integer), {}}); break;
    case Value::Kind::text:
    case Value::Kind::path: state.push_back({std::string(context_.text_of(value)), {}}); break;
    case Value::Kind::domains: state.push_back({"domains", *value.domains}); break;
    case Value::Kind::list:
      state.push_back({"list of " + std::to_string(value.size), {}});
      for (std::uint32_t i = 0; i < value.size; ++i) add_state(value.items[i], state);
      break;
  }
}

std::string RuleReport::message(const std::string& path) {
  if (auto text = program_.message.text(context_)) return *std::move(text);
  return rule_.title + ": " + escape_shortened(path);
}

std::optional<Domid> RuleReport::domain(const ExpressionPtr& expression) {
  if (expression == nullptr) return std::nullopt;
  const Value value = expression->evaluate(context_);
  if (!value.is(Value::Kind::integer) || value.integer < 0 || value.integer > kMaxDomid) {
    return std::nullopt;
  }
  return static_cast<Domid>(value.integer);
}

void RuleReport::find_suspects(Violation& violation) {
  violation.wrong = violation.path;
  violation.wrong_permissions = program_.wrong_permissions;
  if (program_.wrong != nullptr) {
    const Value path = program_.wrong->evaluate(context_);
    const bool is_path = path.is(Value::Kind::text) || path.is(Value::Kind::path);
    const bool shown = is_path && (!path.has(kSecretMark) || facts_.options.show_secrets);
    violation.wrong = shown ? std::string(context_.text_of(path)) : std::string();
  }
  if (violation.wrong != violation.path && valid_path(violation.wrong) &&
      facts_.snapshot.presence(violation.wrong) == Presence::absent) {
    const Schema::Match match = facts_.schema.match(violation.wrong);
    if (match.entry != nullptr) {
      AccessDescriptions access(facts_, context_.store_index);
      violation.wrong_described = access.described(match, violation.wrong);
    }
  }
  violation.suspect = domain(program_.suspect);
  violation.victim = domain(program_.victim);
}

std::string RuleReport::detach_steps(const std::string& path) {
  const auto device = facts_.schema.devices().device_of(path);
  if (!device) return {};
  const auto profile = context_.store_index.profile(device->domid);
  std::string text;
  for (const std::string& step : facts_.schema.devices().detach_steps(
           *device, profile ? facts_.schema.profiles().profiles()[*profile].name : "")) {
    text += step + "\n";
  }
  return text;
}

Violation RuleReport::describe(const Group& group) {
  Violation violation;
  violation.rule = &rule_;
  violation.severity = group.hit.severity;
  violation.confirmed = group.hit.confirmed;
  violation.node = group.hit.node;
  violation.path = facts_.snapshot.path(group.hit.node);
  violation.message =
      message(violation.path) + about_liveness(group.hit) + about_recheck(group.hit);
  if (program_.fix) violation.fix = program_.fix->text(context_).value_or("");
  if (program_.detach) violation.fix += detach_steps(violation.path);
  for (const NamedPatterns::Variable& variable : program_.match.variables) {
    const Value& value = context_.slots[variable.slot];
    if (value.is(Value::Kind::null)) continue;
    violation.bindings.emplace_back(variable.name, value.is(Value::Kind::integer)
                                                       ? std::to_string(value.integer)
                                                       : std::string(context_.text_of(value)));
  }
  find_suspects(violation);
  violation.evidence.push_back(violation.path);
  for (const ExpressionPtr& one : program_.evidence) {
    const Value paths = one->evaluate(context_);
    // A password may begin like a path.
    if (paths.has(kSecretMark) && !facts_.options.show_secrets) continue;
    add_evidence(paths, violation.evidence);
  }
  for (const ExpressionPtr& one : program_.known_by) {
    const Value value = one->evaluate(context_);
    if (value.has(kSecretMark)) {  // a hash would reveal a short password
      violation.state.push_back({"secret", {}});
    } else {
      add_state(value, violation.state);
    }
  }
  violation.count = group.count();
  violation.others = group.others;
  if (!group.others.empty()) {
    violation.samples = first_paths(facts_.snapshot, order(), group.others);
  }
  return violation;
}

void RuleReport::report(const std::vector<Hit>& all_hits, Evaluation& into) {
  context_.heeds_clock = false;
  std::vector<Hit> hits;
  std::copy_if(all_hits.begin(), all_hits.end(), std::back_inserter(hits),
               [](const Hit& hit) { return !hit.superseded; });
  order_.reset();
  hits_ = &all_hits;
  // The reported hit of a group must not depend on the order in which a daemon lists the children
  // of a node.
  if (program_.once_per != nullptr) most_severe_first(hits);
  const std::vector<Group> all = gather(hits);
  struct Guest {
    std::uint64_t reported = 0;
    std::size_t rest = 0;  // the last in `into`, where those beyond kMaxPerGuest are counted
  };
  std::map<std::optional<Domid>, Guest> guests;
  for (const auto& [place, index] : report_order(all)) {
    const Group& group = all[index];
    Guest& guest = guests[guest_of(group.hit.node)];
    if (++guest.reported <= kMaxPerGuest + 1) {
      guest.rest = into.violations.size();
      move_to(group.hit);
      into.violations.push_back(describe(group));
      if (guest.reported > kMaxPerGuest) into.violations.back().samples.clear();
      continue;
    }
    Violation& rest = into.violations[guest.rest];
    rest.severity = std::max(rest.severity, group.hit.severity);
    rest.confirmed = rest.confirmed || group.hit.confirmed;
    rest.count += group.count();
    rest.others.push_back(group.hit.node);
    rest.others.insert(rest.others.end(), group.others.begin(), group.others.end());
    if (rest.samples.size() < kMaxSamples) {
      rest.samples.push_back(facts_.snapshot.path(group.hit.node));
    }
  }
  for (const auto& [domid, guest] : guests) {
    if (guest.reported <= kMaxPerGuest + 1) continue;
    Violation& rest = into.violations[guest.rest];
    rest.message = "the same as at " + std::to_string(kMaxPerGuest) +
                   " nodes with a finding of their own, at " + std::to_string(rest.count) +
                   " more: " + rule_.title;
  }
}

}  // namespace xsaudit
