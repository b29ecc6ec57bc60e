#include "schema/host_table.h"

#include <algorithm>

namespace xsaudit {
namespace {

// A list that may be left out.
Status load_texts(const YamlValue& within, std::string_view key, std::vector<std::string>& texts) {
  const YamlValue list = within.get(key);
  if (!list.exists()) return ok();
  XSAUDIT_ASSIGN(texts, list.as_strings());
  return ok();
}

Status load_patterns(const YamlValue& within, std::string_view key, const VariableTypes& types,
                     std::vector<Pattern>& patterns) {
  const YamlValue list = within.get(key);
  if (!list.exists()) return ok();
  const std::vector<YamlValue> written =
      list.is_list() ? list.items() : std::vector<YamlValue>{list};
  for (const YamlValue& one : written) {
    XSAUDIT_ASSIGN(auto expanded, Pattern::expand(one, types));
    patterns.insert(patterns.end(), expanded.begin(), expanded.end());
  }
  return ok();
}

Status load_record(const YamlValue& record, HostTable& table) {
  if (!record.exists()) return ok();
  XSAUDIT_TRY(record.only_keys({"path", "values", "users"}));
  XSAUDIT_ASSIGN(const auto path, record.require("path"));
  table.record = path.text();
  if (!table.record.starts_with('/')) return path.error("expected a path that begins with '/'");
  XSAUDIT_TRY(load_texts(record, "values", table.record_values));
  XSAUDIT_TRY(load_texts(record, "users", table.record_users));
  for (const std::string& user : table.record_users) {
    if (std::find(table.record_values.begin(), table.record_values.end(), user) ==
        table.record_values.end()) {
      return record.get("users").error("a user's name is one of the values, too");
    }
  }
  return ok();
}

Status load_settings(const YamlValue& settings, HostTable& table) {
  if (!settings.exists()) return ok();
  XSAUDIT_TRY(settings.only_keys({"daemon", "path"}));
  XSAUDIT_ASSIGN(const auto path, settings.require("path"));
  table.settings = path.text();
  if (!table.settings.starts_with('/')) return path.error("expected a path that begins with '/'");
  XSAUDIT_ASSIGN(const auto name, settings.require("daemon"));
  for (const Daemon daemon : {Daemon::cxenstored, Daemon::oxenstored}) {
    if (name.text() == to_text(daemon)) table.settings_daemon = daemon;
  }
  if (table.settings_daemon == Daemon::unknown) {
    return name.error("the daemons are 'xenstored' and 'oxenstored'");
  }
  return ok();
}

}  // namespace

std::vector<std::string> HostTable::users_of(Domid domid) const {
  constexpr std::string_view kDomid = "$DOMID";
  std::vector<std::string> names = users;
  for (std::string& name : names) {
    const std::size_t at = name.find(kDomid);
    if (at != std::string::npos) name.replace(at, kDomid.size(), std::to_string(domid));
  }
  return names;
}

Result<HostTable> HostTable::load(const YamlValue& host, const VariableTypes& types) {
  HostTable table;
  if (!host.exists()) return table;
  XSAUDIT_TRY(host.only_keys(
      {"processes", "uids", "arguments", "users", "range_bases", "record", "settings"}));
  for (const auto& [key, into] :
       {std::pair("processes", &table.processes), std::pair("uids", &table.uids)}) {
    XSAUDIT_TRY(load_patterns(host, key, types, *into));
  }
  for (const auto& [key, into] :
       {std::pair("arguments", &table.arguments), std::pair("users", &table.users),
        std::pair("range_bases", &table.range_bases)}) {
    XSAUDIT_TRY(load_texts(host, key, *into));
  }
  XSAUDIT_TRY(load_record(host.get("record"), table));
  XSAUDIT_TRY(load_settings(host.get("settings"), table));
  return table;
}

}  // namespace xsaudit
