#include "schema/limit_table.h"

#include <utility>

namespace xsaudit {
namespace {

Result<std::int64_t> read_limit(const YamlValue& written) {
  const auto number = written.as_integer();
  if (!number) return number.error();
  if (*number <= 0) return written.error("a limit is at least 1");
  return *number;
}

}  // namespace

Result<LimitTable> LimitTable::load(const YamlValue& limits) {
  if (!limits.is_map()) return limits.error("expected names with a limit each");
  LimitTable table;
  for (const auto& [name, value] : limits.members()) {
    if (auto keys = value.only_keys({"what", "xenstored", "oxenstored", "profiles", "source"});
        !keys) {
      return keys.error();
    }
    Limit limit;
    for (const auto& [daemon, into] :
         {std::pair("xenstored", &limit.xenstored), std::pair("oxenstored", &limit.oxenstored)}) {
      const YamlValue written = value.get(daemon);
      if (!written.exists()) continue;
      const auto number = read_limit(written);
      if (!number) return number.error();
      *into = *number;
    }
    for (const auto& [profile, written] : value.get("profiles").members()) {
      const auto number = read_limit(written);
      if (!number) return number.error();
      limit.by_profile.emplace(profile.text(), *number);
    }
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

void LimitTable::set(std::string_view name, std::int64_t value) {
  const auto limit = value == 0 ? std::nullopt : std::optional(value);
  limits_.insert_or_assign(std::string(name), Limit{limit, limit});
}

}  // namespace xsaudit
