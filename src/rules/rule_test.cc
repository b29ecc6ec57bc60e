#include "rules/rule_test.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "rules/evaluation.h"
#include "rules/small_host.h"
#include "rules/small_store.h"
#include "schema/yaml_document.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

enum class Expected : std::uint8_t { fires, silent, not_evaluated };
constexpr std::pair<const char*, Expected> kSections[] = {
    {"fires", Expected::fires},
    {"silent", Expected::silent},
    {"not_evaluated", Expected::not_evaluated},
};

struct Case {
  Expected expected = Expected::fires;
  std::string name;
  std::string place;
  SmallStore store;
  std::optional<std::int64_t> time;
  std::optional<YamlValue> host;
  std::vector<std::string> required;
  std::optional<std::vector<Domid>> alive;
  std::vector<std::pair<std::string, std::int64_t>> quota;
  std::vector<std::string> at;       // where it must fire, and nowhere else
  std::vector<Severity> severities;  // of each place in `at`, or one for all
  std::optional<bool> proven;        // whether one look is enough
  std::string message;               // a part of the message, or of the reason
};

class CaseReader {
 public:
  CaseReader(Expected expected, const char* section) : expected_(expected), section_(section) {}

  Result<std::vector<Case>> read(const YamlValue& value) {
    std::vector<Case> cases;
    if (value.is_scalar()) {
      Case one = blank(value);
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
  Case blank(const YamlValue& value) const {
    Case one;
    one.expected = expected_;
    one.name = section_;
    one.place = value.place();
    return one;
  }

  Result<Case> read_case(const YamlValue& item) const {
    if (auto status = item.only_keys({"name", "store", "alive", "at", "severity", "proven",
                                      "message", "reason", "coverage", "daemon", "quota", "time",
                                      "host", "required", "stale", "watches", "transactions"});
        !status) {
      return status.error();
    }
    Case one = blank(item);
    const auto name = item.require("name");
    if (!name) return name.error();
    one.name += ": " + name->text();
    const auto store = item.require("store");
    if (!store) return store.error();
    one.store.text = store->text();
    if (auto status = read_store(item, one); !status) return status.error();
    if (auto status = read_host(item, one); !status) return status.error();
    if (auto status = read_expectation(item, one); !status) return status.error();
    return one;
  }

  static Status read_store(const YamlValue& item, Case& one) {
    if (const YamlValue alive = item.get("alive"); alive.exists()) {
      one.alive.emplace();
      if (!alive.is_list()) return alive.error("expected a list of domids");
      for (const YamlValue& domid : alive.items()) {
        auto number = domid.as_integer();
        if (!number) return number.error();
        one.alive->push_back(static_cast<Domid>(*number));
      }
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
      one.quota.emplace_back(name.text(), *number);
    }
    if (const YamlValue stale = item.get("stale"); stale.exists()) {
      auto entries = stale.as_strings();
      if (!entries) return entries.error();
      one.store.stale = *std::move(entries);
    }
    return read_clients(item, one);
  }

  // "DOMID PATH" for a watch, a domid for each open transaction.
  static Status read_clients(const YamlValue& item, Case& one) {
    const YamlValue watches = item.get("watches");
    const YamlValue transactions = item.get("transactions");
    if (!watches.exists() && !transactions.exists()) return ok();
    ClientState& clients = one.store.clients.emplace();
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
      ++clients.transactions[static_cast<Domid>(*number)];
    }
    return ok();
  }

  static Status read_host(const YamlValue& item, Case& one) {
    if (const YamlValue time = item.get("time"); time.exists()) {
      auto seconds = time.as_integer();
      if (!seconds) return seconds.error();
      one.time = *seconds;
    }
    if (const YamlValue host = item.get("host"); host.exists()) one.host = host;
    if (const YamlValue required = item.get("required"); required.exists()) {
      auto names = required.as_strings();
      if (!names) return names.error();
      one.required = *std::move(names);
    }
    return ok();
  }

  Status read_expectation(const YamlValue& item, Case& one) const {
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
    if (const YamlValue proven = item.get("proven"); proven.exists()) {
      if (expected_ != Expected::fires) return proven.error("only of rules that fire");
      auto known = proven.as_bool();
      if (!known) return known.error();
      one.proven = *known;
    }
    if (message.exists()) {
      if (expected_ == Expected::silent) return message.error("a silent rule says nothing");
      one.message = message.text();
    }
    return ok();
  }

  const Expected expected_;
  const char* const section_;
};

std::string wrong_places(const Case& one, const std::vector<const Violation*>& found) {
  if (one.at.empty()) return {};
  std::vector<std::string> missing = one.at;
  for (const Violation* violation : found) {
    const auto place = std::find(missing.begin(), missing.end(), violation->path);
    if (place == missing.end()) return "it fires at " + escape(violation->path) + " too";
    missing.erase(place);
  }
  return missing.empty() ? std::string() : "it does not fire at " + escape(missing.front());
}

std::optional<Severity> expected_severity(const Case& one, const Violation& violation) {
  if (one.severities.empty()) return std::nullopt;
  if (one.severities.size() == 1) return one.severities.front();
  const auto place = std::find(one.at.begin(), one.at.end(), violation.path);
  return one.severities[static_cast<std::size_t>(place - one.at.begin())];
}

std::string judge(const Case& one, const Rule& rule, const Evaluation& result) {
  std::vector<const Violation*> found;
  for (const Violation& violation : result.violations) {
    if (violation.rule == &rule) found.push_back(&violation);
  }
  std::vector<const NotEvaluated*> undecided;
  for (const NotEvaluated& entry : result.not_evaluated) {
    if (entry.rule == &rule) undecided.push_back(&entry);
  }
  if (one.expected != Expected::fires && !found.empty()) {
    return "it fires: " + escape(found.front()->path) + ": " + found.front()->message;
  }
  if (one.expected == Expected::fires) {
    if (found.empty()) {
      return undecided.empty() ? "it is silent"
                               : "it was not evaluated: " + undecided.front()->reason;
    }
    if (std::string problem = wrong_places(one, found); !problem.empty()) return problem;
    for (const Violation* violation : found) {
      if (const auto severity = expected_severity(one, *violation);
          severity && violation->severity != *severity) {
        return std::string("its severity is ") + to_text(violation->severity);
      }
      if (one.proven && violation->proven != *one.proven) {
        return violation->proven ? "seen once it is proven" : "seen once it is not proven";
      }
      if (violation->message.find(one.message) == std::string::npos) {
        return "its message is: " + violation->message;
      }
    }
    return {};
  }
  // A form without permissions of "/" leaves rules about it undecided everywhere; a silent rule may
  // not be undecided for any other reason.
  const auto real = std::find_if(undecided.begin(), undecided.end(),
                                 [](const NotEvaluated* entry) { return !entry->by_form; });
  if (one.expected == Expected::silent) {
    return real == undecided.end() ? std::string() : "it was not evaluated: " + (*real)->reason;
  }
  if (undecided.empty()) return "it is silent";
  const auto fits = [&](const NotEvaluated* entry) {
    return entry->reason.find(one.message) != std::string::npos;
  };
  if (std::none_of(undecided.begin(), undecided.end(), fits)) {
    return "the reason is: " + undecided.front()->reason;
  }
  return {};
}

Result<RuleTestResult> run_case(const Case& one, const Rule& rule, const RuleSet& rules,
                                const Schema& schema) {
  auto snapshot = make_small_store(one.store);
  if (!snapshot) {
    return Error{one.place,
                 "in line " + snapshot.error().place + " of the store: " + snapshot.error().message,
                 snapshot.error().hint};
  }
  snapshot->info().time = one.time;
  Result<HostFacts> host = HostFacts();
  if (one.host) host = make_small_host(*one.host, schema, *snapshot);
  if (!host) return host.error();
  AccessOptions options;
  for (const Domid domid : schema.domains().privileged(*snapshot)) {
    options.privileged.push_back(domid);
  }
  options.targets = schema.domains().targets(*snapshot, options.privileged);
  const Access access(*snapshot, options);
  const Liveness liveness = schema.domains().liveness(*snapshot, options.privileged, one.alive);
  Facts facts{*snapshot, access, schema, liveness};
  if (one.host) facts.host = &*host;
  facts.required = &one.required;
  LimitTable quota = schema.limits();
  for (const auto& [name, value] : one.quota) quota.set(name, value);
  facts.quota = &quota;
  return RuleTestResult{one.name, one.place, judge(one, rule, evaluate(rules, facts))};
}

}  // namespace

Result<std::vector<RuleTestResult>> run_rule_tests(const Rule& rule, const RuleSet& rules,
                                                   const Schema& schema) {
  if (rule.tests.empty()) return Error{rule.file, "the rule has no tests", "add 'tests'"};
  // Blank lines in place of what stands before, so that places are right.
  auto document =
      YamlDocument::parse(rule.file, std::string(rule.tests_line - 1, '\n') + rule.tests);
  if (!document) return document.error();
  const YamlValue tests = document->root().get("tests");
  if (auto status = tests.only_keys({"fires", "silent", "not_evaluated"}); !status) {
    return status.error();
  }
  std::vector<RuleTestResult> results;
  for (const auto& [section, expected] : kSections) {
    const YamlValue value = tests.get(section);
    if (!value.exists()) continue;
    auto cases = CaseReader(expected, section).read(value);
    if (!cases) return cases.error();
    for (const Case& one : *cases) {
      auto result = run_case(one, rule, rules, schema);
      if (!result) return result.error();
      results.push_back(*std::move(result));
    }
  }
  return results;
}

}  // namespace xsaudit
