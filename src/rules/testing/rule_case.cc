#include "rules/testing/rule_case.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/number_text.h"

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
      XSAUDIT_ASSIGN(auto one, read_case(item));
      cases.push_back(std::move(one));
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
    XSAUDIT_TRY(item.only_keys({"name",      "store",      "alive",   "at",           "severity",
                                "confirmed", "message",    "reason",  "coverage",     "note",
                                "daemon",    "quota",      "time",    "host",         "required",
                                "stale",     "any_domid",  "watches", "transactions", "limits",
                                "secret",    "privileged", "log",     "watch_counts", "limits_of",
                                "wrong",     "suspect",    "victim"}));
    RuleCase one = blank(item);
    XSAUDIT_ASSIGN(const auto name, item.require("name"));
    one.name.append(": ").append(name.text());
    XSAUDIT_ASSIGN(const auto store, item.require("store"));
    one.store.text = store.text();
    XSAUDIT_TRY(read_store(item, one));
    XSAUDIT_TRY(read_host(item, one));
    XSAUDIT_TRY(read_expectation(item, one));
    return one;
  }

  static Result<std::vector<Domid>> read_domids(const YamlValue& list) {
    if (!list.is_list()) return list.error("expected a list of domids");
    std::vector<Domid> domids;
    for (const YamlValue& domid : list.items()) {
      XSAUDIT_ASSIGN(auto number, domid.as_integer());
      domids.push_back(number);
    }
    return domids;
  }

  static Status read_store(const YamlValue& item, RuleCase& one) {
    if (const YamlValue list = item.get("alive"); list.exists()) {
      XSAUDIT_ASSIGN(one.options.alive, read_domids(list));
    }
    if (const YamlValue list = item.get("privileged"); list.exists()) {
      XSAUDIT_ASSIGN(one.options.privileged, read_domids(list));
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
      XSAUDIT_ASSIGN(auto number, value.as_integer());
      one.options.quota.emplace_back(name.text(), number);
    }
    if (const YamlValue any_domid = item.get("any_domid"); any_domid.exists()) {
      XSAUDIT_ASSIGN(one.store.any_domid, any_domid.as_bool());
    }
    if (const YamlValue log = item.get("log"); log.exists()) one.store.log = log.text();
    if (const YamlValue stale = item.get("stale"); stale.exists()) {
      XSAUDIT_ASSIGN(one.store.stale, stale.as_strings());
    }
    return read_clients(item, one);
  }

  static Status read_limits(const YamlValue& written, ClientState::Limits& limits) {
    for (const auto& [name, value] : written.members()) {
      XSAUDIT_ASSIGN(const auto number, value.as_integer());
      limits[std::string(name.text())] = static_cast<std::uint32_t>(number);
    }
    return ok();
  }

  // A live daemon's answers: numbers of watches, and limits, by domid.
  static Status read_answers(const YamlValue& counts, const YamlValue& limits,
                             ClientState& clients) {
    clients.lists_watches = !counts.exists();
    for (const auto& [domid, value] : counts.members()) {
      XSAUDIT_ASSIGN(const auto number, domid.as_integer());
      XSAUDIT_ASSIGN(const auto count, value.as_integer());
      clients.watch_counts[number] = static_cast<std::uint64_t>(count);
    }
    for (const auto& [domid, own] : limits.members()) {
      XSAUDIT_ASSIGN(const auto number, domid.as_integer());
      XSAUDIT_TRY(read_limits(own, clients.limits_of[number]));
    }
    return ok();
  }

  // "DOMID PATH" for a watch, a domid for each open transaction, the daemon's limits by name.
  static Status read_clients(const YamlValue& item, RuleCase& one) {
    const YamlValue watches = item.get("watches");
    const YamlValue transactions = item.get("transactions");
    const YamlValue limits = item.get("limits");
    const YamlValue counts = item.get("watch_counts");
    const YamlValue limits_of = item.get("limits_of");
    if (!watches.exists() && !transactions.exists() && !limits.exists() && !counts.exists() &&
        !limits_of.exists()) {
      return ok();
    }
    ClientState& clients = one.store.clients.emplace();
    XSAUDIT_TRY(read_limits(limits, clients.limits));
    XSAUDIT_TRY(read_answers(counts, limits_of, clients));
    if (watches.exists()) {
      XSAUDIT_ASSIGN(const auto texts, watches.as_strings());
      for (const std::string& text : texts) {
        ClientState::Watch& watch = clients.watches.emplace_back();
        Domid domid = 0;
        std::string_view rest = text;
        if (!take_number(rest, domid) || !rest.starts_with(' ')) {
          return watches.error("expected a list of domids with a path behind each");
        }
        watch.domid = domid;
        watch.path = rest.substr(1);
      }
    }
    clients.sort_watches();
    if (!transactions.exists()) return ok();
    if (!transactions.is_list()) return transactions.error("expected a list of domids");
    for (const YamlValue& domid : transactions.items()) {
      XSAUDIT_ASSIGN(const auto number, domid.as_integer());
      ++clients.transactions[number];
    }
    return ok();
  }

  static Status read_host(const YamlValue& item, RuleCase& one) {
    if (const YamlValue time = item.get("time"); time.exists()) {
      XSAUDIT_ASSIGN(one.time, time.as_integer());
    }
    if (const YamlValue host = item.get("host"); host.exists()) one.host = host;
    if (const YamlValue required = item.get("required"); required.exists()) {
      XSAUDIT_ASSIGN(one.options.required, required.as_strings());
    }
    return ok();
  }

  Status read_expectation(const YamlValue& item, RuleCase& one) const {
    const YamlValue at = item.get("at");
    const YamlValue severity = item.get("severity");
    const YamlValue message = item.get(expected_ == Expected::not_evaluated ? "reason" : "message");
    if (at.exists()) {
      if (expected_ != Expected::fires) return at.error("only of rules that fire");
      XSAUDIT_ASSIGN(one.at, at.as_strings());
    }
    if (severity.exists()) {
      if (expected_ != Expected::fires) return severity.error("only of rules that fire");
      XSAUDIT_ASSIGN(auto written, severity.as_strings());
      for (const std::string& text : written) {
        const auto known = parse_severity(text);
        if (!known) return severity.error("unknown severity");
        one.severities.push_back(*known);
      }
      if (one.severities.size() != 1 && one.severities.size() != one.at.size()) {
        return severity.error("expected one severity, or one for each place in 'at'");
      }
    }
    for (const auto& [key, wanted] :
         {std::pair("confirmed", &one.confirmed), std::pair("note", &one.line)}) {
      const YamlValue value = item.get(key);
      if (!value.exists()) continue;
      if (expected_ != Expected::fires) return value.error("only of rules that fire");
      XSAUDIT_ASSIGN(*wanted, value.as_bool());
    }
    for (const auto& [key, wanted] :
         {std::pair("wrong", &one.wrong), std::pair("suspect", &one.suspects),
          std::pair("victim", &one.victims)}) {
      const YamlValue value = item.get(key);
      if (!value.exists()) continue;
      if (expected_ != Expected::fires) return value.error("only of rules that fire");
      XSAUDIT_ASSIGN(*wanted, value.as_strings());
      if (wanted->size() != 1 && wanted->size() != one.at.size()) {
        return value.error("expected one, or one for each place in 'at'");
      }
    }
    if (const YamlValue secret = item.get("secret"); secret.exists()) {
      XSAUDIT_ASSIGN(one.secrets, secret.as_strings());
    }
    if (message.exists()) {
      if (expected_ == Expected::silent)
        return message.error("a rule without findings has no message");
      XSAUDIT_ASSIGN(one.messages, message.as_strings());
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
  XSAUDIT_TRY(tests.only_keys({"fires", "silent", "not_evaluated"}));
  std::vector<RuleCase> all;
  for (const auto& [section, expected] : kSections) {
    const YamlValue value = tests.get(section);
    if (!value.exists()) continue;
    XSAUDIT_ASSIGN(auto cases, CaseReader(expected, section).read(value));
    std::move(cases.begin(), cases.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace xsaudit
