#include "schema/domain_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "store/access.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// Every domid for which the pattern matches a node.
void collect(const Pattern& pattern, const Snapshot& snapshot, std::set<Domid>& domids) {
  pattern.for_each(snapshot, {}, [&](NodeId, const std::vector<Binding>& bindings) {
    domids.insert(bindings.front().number);
    return true;
  });
}

Result<Pattern> parse_for_domain(const YamlValue& text, const VariableTypes& types) {
  auto pattern = Pattern::parse(text, types);
  if (!pattern) return pattern;
  if (pattern->variables().size() != 1 || pattern->variables().front().name != "DOMID" ||
      pattern->variables().front().type != VariableType::domid) {
    return text.error("expected a pattern with $DOMID, a domid, as its only variable");
  }
  if (!pattern->path({Binding{"0", 0, true}})) return text.error("expected one path, without '*'");
  return pattern;
}

// The domid in a node that only privileged domains could have written.
std::optional<Domid> trusted_domid(const Snapshot& snapshot, NodeId node, const Grants& grants) {
  Binding binding;
  if (node == kNoNode || snapshot.value_unknown(node) != UnknownReason::known ||
      !bind(VariableType::domid, snapshot.value(node), binding) ||
      !closed(snapshot, node, grants)) {
    return std::nullopt;
  }
  return binding.number;
}

template <typename T>
std::vector<T> sorted(std::vector<T> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

// Running if all signs of one set are there, not running if each set lacks one for certain.
Liveness::State judge(const Snapshot& snapshot, Domid domid,
                      const std::vector<std::vector<Pattern>>& signs_of_life) {
  Liveness::State state = Liveness::State::dead;
  for (const std::vector<Pattern>& signs : signs_of_life) {
    bool absent = false;
    bool unknown = false;
    for (const Pattern& sign : signs) {
      const Presence presence = snapshot.presence(path_for_domain(sign, domid));
      absent |= presence == Presence::absent;
      unknown |= presence == Presence::unknown;
    }
    if (!absent && !unknown) return Liveness::State::alive;
    if (!absent) state = Liveness::State::unknown;
  }
  return state;
}

}  // namespace

Liveness::State Liveness::state(Domid domid) const {
  if (std::binary_search(alive.begin(), alive.end(), domid)) return State::alive;
  if (std::binary_search(unsure.begin(), unsure.end(), domid)) return State::unknown;
  if (others_alive) return State::alive;
  return unsure_of_others ? State::unknown : State::dead;
}

Liveness Liveness::assuming(State state) const {
  Liveness assumed = *this;
  assumed.unsure.clear();
  assumed.unsure_of_others = false;
  if (state == State::alive) {
    assumed.others_alive = unsure_of_others;
    assumed.alive.insert(assumed.alive.end(), unsure.begin(), unsure.end());
    std::sort(assumed.alive.begin(), assumed.alive.end());
  }
  return assumed;
}

Result<DomainTable> DomainTable::load(const YamlValue& domains, const VariableTypes& types) {
  XSAUDIT_TRY(
      domains.only_keys({"home", "name", "uuid", "target", "privileged", "with_guests", "alive"}));
  DomainTable table;
  for (const auto& [key, pattern] :
       {std::pair("home", &table.home_), std::pair("name", &table.name_),
        std::pair("target", &table.target_)}) {
    XSAUDIT_ASSIGN(auto text, domains.require(key));
    XSAUDIT_ASSIGN(*pattern, parse_for_domain(text, types));
  }
  table.in_home_ = Pattern::parse(table.home_.text() + "/**", types).value();

  XSAUDIT_ASSIGN(auto uuid, domains.require("uuid"));
  XSAUDIT_TRY(uuid.only_keys({"node", "holds"}));
  XSAUDIT_ASSIGN(auto node, parse_for_domain(uuid.get("node"), types));
  XSAUDIT_ASSIGN(auto holds, Pattern::parse(uuid.get("holds"), types));
  if (holds.variables().size() != 1 || holds.variables().front().type != VariableType::uuid) {
    return uuid.get("holds").error("expected a pattern with one variable, a uuid");
  }
  table.uuid_node_ = std::move(node);
  table.uuid_value_ = std::move(holds);

  for (const YamlValue& item : domains.get("privileged").items()) {
    XSAUDIT_ASSIGN(auto pattern, Pattern::parse(item, types));
    table.privileged_.push_back(std::move(pattern));
  }
  for (const auto& [name, path] : domains.get("with_guests").members()) {
    XSAUDIT_ASSIGN(auto in_home, parse_for_domain(name, types));
    if (in_home.segments().size() != table.home_.segments().size() + 1) {
      return name.error("expected a node right below a home");
    }
    if (!valid_path(path.text())) return path.error("expected a path");
    table.with_guests_.push_back({std::move(in_home), std::string(path.text())});
  }
  XSAUDIT_ASSIGN(auto alive, domains.require("alive"));
  for (const YamlValue& set : alive.items()) {
    std::vector<Pattern>& signs = table.signs_of_life_.emplace_back();
    for (const YamlValue& item : set.items()) {
      XSAUDIT_ASSIGN(auto sign, parse_for_domain(item, types));
      signs.push_back(std::move(sign));
    }
    if (signs.empty()) return set.error("expected a list of patterns, signs of life together");
  }
  return table;
}

Liveness DomainTable::liveness(const Snapshot& snapshot, const std::vector<Domid>& privileged,
                               const std::optional<std::vector<Domid>>& given,
                               const std::vector<Domid>& connected) const {
  Liveness liveness;
  liveness.alive = privileged;
  const auto& introduced = snapshot.info().introduced;
  if (introduced || given) {
    liveness.basis = introduced ? Liveness::Basis::introduced : Liveness::Basis::given;
    const std::vector<Domid>& listed = introduced ? *introduced : *given;
    liveness.alive.insert(liveness.alive.end(), listed.begin(), listed.end());
  } else {
    std::set<Domid> candidates;
    for (const std::vector<Pattern>& signs : signs_of_life_) {
      for (const Pattern& sign : signs) collect(sign, snapshot, candidates);
    }
    for (const Domid domid : candidates) {
      const Liveness::State state = judge(snapshot, domid, signs_of_life_);
      if (state == Liveness::State::alive) liveness.alive.push_back(domid);
      if (state == Liveness::State::unknown) liveness.unsure.push_back(domid);
    }
    // A domain without any sign of life is treated like the others.
    Domid other = 0;
    while (candidates.count(other) > 0) ++other;
    liveness.unsure_of_others = judge(snapshot, other, signs_of_life_) == Liveness::State::unknown;
    for (const Domid domid : connected) {
      if (liveness.state(domid) != Liveness::State::unknown) continue;
      liveness.alive.push_back(domid);
      std::erase(liveness.unsure, domid);
    }
  }
  liveness.alive = sorted(std::move(liveness.alive));
  return liveness;
}

std::vector<Domid> DomainTable::homes(const Snapshot& snapshot) const {
  std::set<Domid> domids;
  collect(home_, snapshot, domids);
  return {domids.begin(), domids.end()};
}

bool DomainTable::all_uuids_known(const Snapshot& snapshot) const {
  const std::vector<Domid> all = homes(snapshot);
  Domid other = 0;
  while (std::binary_search(all.begin(), all.end(), other)) ++other;
  return snapshot.presence(path_for_domain(home_, other)) == Presence::absent &&
         std::all_of(all.begin(), all.end(), [&](Domid domid) {
           const NodeId node = uuid_node(snapshot, domid);
           return node == kNoNode
                      ? snapshot.presence(path_for_domain(uuid_node_, domid)) == Presence::absent
                      : snapshot.value_unknown(node) == UnknownReason::known;
         });
}

std::optional<Domid> DomainTable::domain_of(std::string_view path) const {
  std::vector<Binding> bindings;
  if (!in_home_.matches(path, bindings)) return std::nullopt;
  return bindings.front().number;
}

std::optional<std::string> DomainTable::name(const Snapshot& snapshot, Domid domid) const {
  const NodeId node = name_node(snapshot, domid);
  if (node == kNoNode || snapshot.value_unknown(node) != UnknownReason::known) return std::nullopt;
  return std::string(snapshot.value(node));
}

std::optional<std::string> DomainTable::uuid(const Snapshot& snapshot, Domid domid) const {
  const auto directory = uuid_directory(snapshot, domid);
  std::vector<Binding> bindings;
  if (!directory || !uuid_value_.matches(*directory, bindings)) return std::nullopt;
  return std::string(bindings.front().text);
}

bool DomainTable::uuid_dangles(const Snapshot& snapshot, Domid domid) const {
  const auto directory = uuid_directory(snapshot, domid);
  return directory && valid_path(*directory) && snapshot.presence(*directory) == Presence::absent;
}

std::optional<std::string> DomainTable::uuid_directory(const Snapshot& snapshot,
                                                       Domid domid) const {
  const NodeId node = uuid_node(snapshot, domid);
  if (node == kNoNode || snapshot.value_unknown(node) != UnknownReason::known) return std::nullopt;
  std::string value(snapshot.value(node));
  if (!value.starts_with('/')) value.insert(0, "/");  // init-dom0less.c writes it without
  return value;
}

NodeId DomainTable::name_node(const Snapshot& snapshot, Domid domid) const {
  return snapshot.find(path_for_domain(name_, domid));
}

NodeId DomainTable::uuid_node(const Snapshot& snapshot, Domid domid) const {
  return snapshot.find(path_for_domain(uuid_node_, domid));
}

std::vector<std::pair<Domid, Domid>> DomainTable::targets(
    const Snapshot& snapshot, const std::vector<Domid>& privileged) const {
  const Grants grants({privileged, {}, std::nullopt}, snapshot.info().daemon);
  std::vector<std::pair<Domid, Domid>> pairs;
  target_.for_each(snapshot, {}, [&](NodeId node, const std::vector<Binding>& bindings) {
    const auto target = trusted_domid(snapshot, node, grants);
    if (target && std::count(privileged.begin(), privileged.end(), *target) == 0) {
      pairs.emplace_back(bindings.front().number, *target);
    }
    return true;
  });
  return pairs;
}

std::vector<Domid> DomainTable::privileged(const Snapshot& snapshot) const {
  const Grants grants({{0}, {}, std::nullopt}, snapshot.info().daemon);
  std::vector<Domid> domids;
  for (const Pattern& pattern : privileged_) {
    pattern.for_each(snapshot, {}, [&](NodeId node, const std::vector<Binding>&) {
      if (const auto domid = trusted_domid(snapshot, node, grants)) domids.push_back(*domid);
      return true;
    });
  }
  return domids;
}

AccessOptions DomainTable::access_options(const Snapshot& snapshot,
                                          std::vector<Domid> also_privileged) const {
  AccessOptions options;
  options.privileged = std::move(also_privileged);
  options.privileged.push_back(0);
  const auto named = privileged(snapshot);
  options.privileged.insert(options.privileged.end(), named.begin(), named.end());
  options.privileged = sorted(std::move(options.privileged));
  options.targets = targets(snapshot, options.privileged);
  const auto& reported = snapshot.info().targets;
  options.targets.insert(options.targets.end(), reported.begin(), reported.end());
  options.targets = sorted(std::move(options.targets));
  options.any_domid = snapshot.info().any_domid;
  return options;
}

}  // namespace xsaudit
