#include "rules/testing/rule_case.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace xsaudit {
namespace {

using Expected = RuleCase::Expected;
constexpr std::pair<const char*, Expected> kSections[] = {
    {"fires", Expected::fires},
    {"silent", Expected::silent},
    {"not_evaluated", Expected::not_evaluated},
};

class CaseReader {
 public:
  CaseReader(Expected expected, const char* section) : expected_(expected), section_(section) {}

  Result<std::vector<RuleCase>> read(const YamlValue& value) {
    std::vector<RuleCase> cases;
    if (value.is_scalar()) {
      RuleCase one = blank(value);
      one.store.text = value.text();
      cases.push_back(std::move(one));
      return cases;
    }
    if (!value.is_list()) return value.error("expected a store, or a list of cases");
    for (const YamlValue& item : value.items()) {
      auto one = read_case(item);
      if (!one) return one.error();
      cases.push_back(*std::move(one));
    }
    return cases;
  }

 private:
  RuleCase blank(const YamlValue& value) const {
    RuleCase one;
    one.expected = expected_;
    one.name = section_;
    one.place = value.place();
    return one;
  }

  Result<RuleCase> read_case(const YamlValue& item) const {
    if (auto status = item.only_keys({"name",   "store",     "alive",   "at",           "severity",
                                      "proven", "message",   "reason",  "coverage",     "line",
                                      "daemon", "quota",     "time",    "host",         "required",
                                      "stale",  "any_domid", "watches", "transactions", "limits",
                                      "secret", "privileged"});
        !status) {
      return status.error();
    }
    RuleCase one = blank(item);
    const auto name = item.require("name");
    if (!name) return name.error();
    one.name.append(": ").append(name->text());
    const auto store = item.require("store");
    if (!store) return store.error();
    one.store.text = store->text();
    if (auto status = read_store(item, one); !status) return status.error();
    if (auto status = read_host(item, one); !status) return status.error();
    if (auto status = read_expectation(item, one); !status) return status.error();
    return one;
  }

  static Result<std::vector<Domid>> read_domids(const YamlValue& list) {
    if (!list.is_list()) return list.error("expected a list of domids");
    std::vector<Domid> domids;
    for (const YamlValue& domid : list.items()) {
      auto number = domid.as_integer();
      if (!number) return number.error();
      domids.push_back(*number);
    }
    return domids;
  }

  static Status read_store(const YamlValue& item, RuleCase& one) {
    if (const YamlValue list = item.get("alive"); list.exists()) {
      auto domids = read_domids(list);
      if (!domids) return domids.error();
      one.options.alive = *std::move(domids);
    }
    if (const YamlValue list = item.get("privileged"); list.exists()) {
      auto domids = read_domids(list);
      if (!domids) return domids.error();
      one.options.privileged = *std::move(domids);
    }
    if (const YamlValue coverage = item.get("coverage"); coverage.exists()) {
      if (coverage.text() != "excerpt") {
        return coverage.error("the only other coverage is 'excerpt'");
      }
      one.store.coverage = Coverage::excerpt;
    }
    if (const YamlValue daemon = item.get("daemon"); daemon.exists()) {
      if (daemon.text() == "xenstored") {
        one.store.daemon = Daemon::cxenstored;
      } else if (daemon.text() == "oxenstored") {
        one.store.daemon = Daemon::oxenstored;
      } else {
        return daemon.error("the daemons are 'xenstored' and 'oxenstored'");
      }
    }
    for (const auto& [name, value] : item.get("quota").members()) {
      auto number = value.as_integer();
      if (!number) return number.error();
      one.options.quota.emplace_back(name.text(), *number);
    }
    if (const YamlValue any_domid = item.get("any_domid"); any_domid.exists()) {
      const auto counts = any_domid.as_bool();
      if (!counts) return counts.error();
      one.store.any_domid = *counts;
    }
    if (const YamlValue stale = item.get("stale"); stale.exists()) {
      auto entries = stale.as_strings();
      if (!entries) return entries.error();
      one.store.stale = *std::move(entries);
    }
    return read_clients(item, one);
  }

  // "DOMID PATH" for a watch, a domid for each open transaction, the daemon's limits by name.
  static Status read_clients(const YamlValue& item, RuleCase& one) {
    const YamlValue watches = item.get("watches");
    const YamlValue transactions = item.get("transactions");
    const YamlValue limits = item.get("limits");
    if (!watches.exists() && !transactions.exists() && !limits.exists()) return ok();
    ClientState& clients = one.store.clients.emplace();
    for (const auto& [name, value] : limits.members()) {
      const auto number = value.as_integer();
      if (!number) return number.error();
      clients.limits[std::string(name.text())] = static_cast<std::uint32_t>(*number);
    }
    if (watches.exists()) {
      const auto texts = watches.as_strings();
      if (!texts) return texts.error();
      for (const std::string& text : *texts) {
        ClientState::Watch& watch = clients.watches.emplace_back();
        Domid domid = 0;
        const auto stop = std::from_chars(text.data(), text.data() + text.size(), domid).ptr;
        const auto end = static_cast<std::size_t>(stop - text.data());
        if (end == 0 || end >= text.size() || text[end] != ' ') {
          return watches.error("expected a list of domids with a path behind each");
        }
        watch.domid = domid;
        watch.path = text.substr(end + 1);
      }
    }
    clients.sort_watches();
    if (!transactions.exists()) return ok();
    if (!transactions.is_list()) return transactions.error("expected a list of domids");
    for (const YamlValue& domid : transactions.items()) {
      const auto number = domid.as_integer();
      if (!number) return number.error();
      ++clients.transactions[*number];
    }
    return ok();
  }

  static Status read_host(const YamlValue& item, RuleCase& one) {
    if (const YamlValue time = item.get("time"); time.exists()) {
      auto seconds = time.as_integer();
      if (!seconds) return seconds.error();
      one.time = *seconds;
    }
    if (const YamlValue host = item.get("host"); host.exists()) one.host = host;
    if (const YamlValue required = item.get("required"); required.exists()) {
      auto names = required.as_strings();
      if (!names) return names.error();
      one.options.required = *std::move(names);
    }
    return ok();
  }

  Status read_expectation(const YamlValue& item, RuleCase& one) const {
    const YamlValue at = item.get("at");
    const YamlValue severity = item.get("severity");
    const YamlValue message = item.get(expected_ == Expected::not_evaluated ? "reason" : "message");
    if (at.exists()) {
      if (expected_ != Expected::fires) return at.error("only of rules that fire");
      auto paths = at.as_strings();
      if (!paths) return paths.error();
      one.at = *std::move(paths);
    }
    if (severity.exists()) {
      if (expected_ != Expected::fires) return severity.error("only of rules that fire");
      auto written = severity.as_strings();
      if (!written) return written.error();
      for (const std::string& text : *written) {
        const auto known = parse_severity(text);
        if (!known) return severity.error("unknown severity");
        one.severities.push_back(*known);
      }
      if (one.severities.size() != 1 && one.severities.size() != one.at.size()) {
        return severity.error("expected one severity, or one for each place in 'at'");
      }
    }
    for (const auto& [key, wanted] :
         {std::pair("proven", &one.proven), std::pair("line", &one.line)}) {
      const YamlValue value = item.get(key);
      if (!value.exists()) continue;
      if (expected_ != Expected::fires) return value.error("only of rules that fire");
      auto known = value.as_bool();
      if (!known) return known.error();
      *wanted = *known;
    }
    if (const YamlValue secret = item.get("secret"); secret.exists()) {
      auto paths = secret.as_strings();
      if (!paths) return paths.error();
      one.secrets = *std::move(paths);
    }
    if (message.exists()) {
      if (expected_ == Expected::silent) return message.error("a silent rule says nothing");
      auto texts = message.as_strings();
      if (!texts) return texts.error();
      one.messages = *std::move(texts);
      if (one.messages.size() != 1 && one.messages.size() != one.at.size()) {
        return message.error("expected one text, or one for each place in 'at'");
      }
    }
    return ok();
  }

  const Expected expected_;
  const char* const section_;
};

}  // namespace

Result<std::vector<RuleCase>> read_rule_cases(const YamlValue& tests) {
  if (auto status = tests.only_keys({"fires", "silent", "not_evaluated"}); !status) {
    return status.error();
  }
  std::vector<RuleCase> all;
  for (const auto& [section, expected] : kSections) {
    const YamlValue value = tests.get(section);
    if (!value.exists()) continue;
    auto cases = CaseReader(expected, section).read(value);
    if (!cases) return cases.error();
    std::move(cases->begin(), cases->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace xsaudit
