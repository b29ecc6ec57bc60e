#include "schema/profile_table.h"

#include <utility>

#include "base/error.h"
#include "base/number_text.h"

namespace xsaudit {

namespace {

Result<std::int64_t> read_limit(const YamlValue& written) {
  XSAUDIT_ASSIGN(const auto number, written.as_integer());
  if (number <= 0) return written.error("a limit is at least 1");
  return number;
}

}  // namespace

Result<LimitTable> LimitTable::load(const YamlValue& limits) {
  if (!limits.is_map()) return limits.error("expected names with a limit each");
  LimitTable table;
  for (const auto& [name, value] : limits.members()) {
    XSAUDIT_TRY(value.only_keys({"description", "xenstored", "oxenstored", "profiles", "reported",
                                 "configured", "source"}));
    Limit limit;
    for (const auto& [daemon, into] :
         {std::pair("xenstored", &limit.xenstored), std::pair("oxenstored", &limit.oxenstored)}) {
      const YamlValue written = value.get(daemon);
      if (!written.exists()) continue;
      XSAUDIT_ASSIGN(*into, read_limit(written));
    }
    for (const auto& [profile, written] : value.get("profiles").members()) {
      XSAUDIT_ASSIGN(const auto number, read_limit(written));
      limit.by_profile.emplace(profile.text(), number);
    }
    if (const YamlValue names = value.get("reported"); names.exists()) {
      XSAUDIT_ASSIGN(limit.reported, names.as_strings());
    }
    limit.configured = value.get("configured").text();
    if (!limit.xenstored && !limit.oxenstored) return value.error("a limit of neither daemon");
    table.limits_.emplace(name.text(), limit);
  }
  return table;
}

const LimitTable::Limit* LimitTable::find(std::string_view name) const {
  const auto found = limits_.find(name);
  return found == limits_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> LimitTable::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, limit] : limits_) names.push_back(name);
  return names;
}

void LimitTable::set(std::string_view name, std::int64_t value, Source source) {
  Limit& limit = limits_[std::string(name)];
  limit.xenstored = limit.oxenstored = value == 0 ? std::nullopt : std::optional(value);
  limit.by_profile.clear();
  limit.source = source;
}

void LimitTable::set_configured(const std::map<std::string, std::string>& settings) {
  for (const auto& [name, limit] : limits_) {
    const auto found = settings.find(limit.configured);
    std::int64_t number = 0;
    if (limit.configured.empty() || found == settings.end()) continue;
    if (whole_number(found->second, number) && number > 0) set(name, number, Source::configuration);
  }
}

void LimitTable::set_reported(const ClientState::Limits& reported) {
  for (const auto& [name, limit] : limits_) {
    for (const std::string& own : limit.reported) {
      if (const auto found = reported.find(own); found != reported.end()) {
        set(name, found->second, Source::daemon);
        break;
      }
    }
  }
}

namespace {

bool only_domid(const Pattern& pattern) {
  return pattern.variables().empty() ||
         (pattern.variables().size() == 1 && pattern.variables().front().name == "DOMID");
}

}  // namespace

Result<ProfileTable::Marks> ProfileTable::load_marks(const YamlValue& list, bool of_domain,
                                                     const VariableTypes& types,
                                                     const LoadForm& load_form) {
  if (!list.is_list()) return list.error("expected a list of marks");
  Marks marks;
  for (const YamlValue& item : list.items()) {
    Mark mark;
    YamlValue node = item;
    if (item.is_map()) {
      XSAUDIT_TRY(item.only_keys({"node", "permissions", "absent"}));
      mark.absent = item.get("absent").exists();
      XSAUDIT_ASSIGN(auto named, item.require(mark.absent ? "absent" : "node"));
      node = named;
      auto permissions = mark.absent ? named : item.get("permissions");
      if (!mark.absent && permissions.exists()) {
        XSAUDIT_ASSIGN(mark.permissions, load_form(permissions));
      }
    }
    XSAUDIT_ASSIGN(auto pattern, Pattern::parse(node, types));
    if (!only_domid(pattern) || (!of_domain && !pattern.variables().empty())) {
      return node.error(of_domain ? "a mark has no variable but $DOMID"
                                  : "a mark of the host has no variable");
    }
    if (!pattern.path(std::vector<Binding>(pattern.variables().size(), {"0", 0, true}))) {
      return node.error("expected one path, without '*'");
    }
    mark.node = std::move(pattern);
    marks.push_back(std::move(mark));
  }
  return marks;
}

Result<ProfileTable> ProfileTable::load(const YamlValue& profiles, const VariableTypes& types,
                                        const LoadForm& load_form) {
  ProfileTable table;
  for (const auto& [name, value] : profiles.members()) {
    XSAUDIT_TRY(value.only_keys({"description", "domain", "host"}));
    XSAUDIT_ASSIGN(auto what, value.require("description"));
    table.profiles_.push_back({std::string(name.text()), std::string(what.text())});
    for (const auto& [key, of_domain] : {std::pair("domain", true), std::pair("host", false)}) {
      auto& into = (of_domain ? table.domain_marks_ : table.host_marks_).emplace_back();
      const YamlValue list = value.get(key);
      if (!list.exists()) continue;
      XSAUDIT_ASSIGN(into, load_marks(list, of_domain, types, load_form));
    }
  }
  if (table.host_marks_.empty() || !table.host_marks_.back() ||
      !table.host_marks_.back()->empty()) {
    return profiles.error("the last profile must be that of any other host", "host: []");
  }
  return table;
}

// Whether the mark is there for certain, is not, or may be.
Presence ProfileTable::shown(const Snapshot& snapshot, const Mark& mark, Domid domid) {
  const std::string path = path_for_domain(mark.node, domid);
  const Presence presence = snapshot.presence(path);
  if (mark.absent && presence != Presence::unknown) {
    return presence == Presence::present ? Presence::absent : Presence::present;
  }
  if (!mark.permissions || presence != Presence::present) return presence;
  const Permissions* const permissions = snapshot.permissions(snapshot.find(path));
  if (permissions == nullptr) return Presence::unknown;
  const auto wanted =
      mark.permissions->resolve([&](std::string_view) { return std::optional<Domid>(domid); });
  return *permissions == *wanted ? Presence::present : Presence::absent;
}

Presence ProfileTable::shown(const Snapshot& snapshot, const Marks& marks, Domid domid) {
  Presence all = Presence::present;
  for (const Mark& mark : marks) {
    const Presence one = shown(snapshot, mark, domid);
    if (one == Presence::absent) return one;
    if (one == Presence::unknown) all = one;
  }
  return all;
}

std::optional<ProfileTable::Index> ProfileTable::of_host(const Snapshot& snapshot) const {
  for (Index i = 0; i < profiles_.size(); ++i) {
    if (!host_marks_[i]) continue;
    const Presence presence = shown(snapshot, *host_marks_[i], 0);
    if (presence == Presence::present) return i;
    if (presence == Presence::unknown) break;
  }
  return std::nullopt;
}

std::optional<ProfileTable::Index> ProfileTable::of_domain(const Snapshot& snapshot,
                                                           Domid domid) const {
  if (domid == 0) return of_host(snapshot);
  for (Index i = 0; i < profiles_.size(); ++i) {
    if (!domain_marks_[i]) continue;
    const Presence presence = shown(snapshot, *domain_marks_[i], domid);
    if (presence == Presence::present) return i;
    if (presence == Presence::unknown) return std::nullopt;
  }
  return of_host(snapshot);
}

}  // namespace xsaudit
