#include "rules/testing/rule_test.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "rules/evaluation.h"
#include "rules/secret_nodes.h"
#include "rules/testing/fixture_host.h"
#include "rules/testing/rule_case.h"

namespace xsaudit {
namespace {

using Expected = RuleCase::Expected;

std::string wrong_places(const RuleCase& one, const std::vector<const Violation*>& found) {
  if (one.at.empty()) return {};
  std::vector<std::string> missing = one.at;
  for (const Violation* violation : found) {
    const auto place = std::find(missing.begin(), missing.end(), violation->path);
    if (place == missing.end()) return "it fires at " + escape(violation->path) + " too";
    missing.erase(place);
  }
  return missing.empty() ? std::string() : "it does not fire at " + escape(missing.front());
}

// The expectation for the place of the violation, or null.
template <typename T>
const T* expected_there(const RuleCase& one, const std::vector<T>& values,
                        const Violation& violation) {
  if (values.empty()) return nullptr;
  if (values.size() == 1) return &values.front();
  const auto place = std::find(one.at.begin(), one.at.end(), violation.path);
  return &values[static_cast<std::size_t>(place - one.at.begin())];
}

// What is wrong with who is suspected; empty where nothing is.
std::string wrong_suspects(const RuleCase& one, const Violation& violation) {
  const auto text = [](const std::optional<Domid>& domid) {
    return domid ? std::to_string(*domid) : std::string("none");
  };
  const std::pair<const std::vector<std::string>*, std::pair<const char*, std::string>> parts[] = {
      {&one.wrong, {"the wrong node", escape(violation.wrong)}},
      {&one.suspects, {"the suspect", text(violation.suspect)}},
      {&one.victims, {"the victim", text(violation.victim)}}};
  for (const auto& [expected, found] : parts) {
    const std::string* const wanted = expected_there(one, *expected, violation);
    if (wanted != nullptr && *wanted != found.second)
      return std::string(found.first) + " is " + found.second;
  }
  return {};
}

std::string judge(const RuleCase& one, const Rule& rule, const Evaluation& result) {
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
      if (const Severity* severity = expected_there(one, one.severities, *violation);
          severity != nullptr && violation->severity != *severity) {
        return std::string("its severity is ") + to_text(violation->severity);
      }
      if (one.confirmed && violation->confirmed != *one.confirmed) {
        return violation->confirmed ? "it is confirmed after one reading"
                                    : "it is not confirmed after one reading";
      }
      if (one.line && violation->is_note() != *one.line) {
        return violation->is_note() ? "it is reported as a note" : "it is reported as a finding";
      }
      if (std::string problem = wrong_suspects(one, *violation); !problem.empty()) return problem;
      if (const std::string* part = expected_there(one, one.messages, *violation);
          part != nullptr && violation->message.find(*part) == std::string::npos) {
        return "its message is: " + violation->message;
      }
    }
    return {};
  }
  // A format without permissions of "/" leaves rules about it undecided everywhere; a silent rule
  // may not be undecided for any other reason.
  const auto real = std::find_if(undecided.begin(), undecided.end(),
                                 [](const NotEvaluated* entry) { return !entry->by_form; });
  if (one.expected == Expected::silent) {
    return real == undecided.end() ? std::string() : "it was not evaluated: " + (*real)->reason;
  }
  if (undecided.empty()) return "it is silent";
  const auto fits = [&](const NotEvaluated* entry) {
    return one.messages.empty() || entry->reason.find(one.messages.front()) != std::string::npos;
  };
  if (std::none_of(undecided.begin(), undecided.end(), fits)) {
    return "the reason is: " + undecided.front()->reason;
  }
  return {};
}

// The difference between the expected and the actual secrets; empty if there is none.
std::string wrong_secrets(const RuleCase& one, const Rule& rule, const AuditContext& facts) {
  if (!one.secrets) return {};
  StoreIndex store_index(facts);
  const SecretNodes found = find_secrets(rule, facts, store_index);
  for (const std::string& path : *one.secrets) {
    if (!found.contains(facts.snapshot.find(path)))
      return "it calls " + escape(path) + " no secret";
  }
  for (const NodeId node : found) {
    const std::string path = facts.snapshot.path(node);
    if (std::find(one.secrets->begin(), one.secrets->end(), path) == one.secrets->end()) {
      return "it calls " + escape(path) + " a secret";
    }
  }
  return {};
}

Result<RuleTestResult> run_case(const RuleCase& one, const Rule& rule, const RuleSet& rules,
                                const Schema& schema) {
  auto snapshot = make_fixture_store(one.store);
  if (!snapshot) {
    return Error{one.place,
                 "in line " + snapshot.error().place + " of the store: " + snapshot.error().message,
                 snapshot.error().hint};
  }
  snapshot->info().time = one.time;
  Result<HostFacts> host = HostFacts();
  if (one.host) host = make_fixture_host(*one.host, schema, *snapshot);
  XSAUDIT_TRY(host);
  const AuditContext facts(schema, *snapshot, one.options, one.host ? &*host : nullptr);
  std::string problem = judge(one, rule, evaluate(rules, facts));
  if (problem.empty()) problem = wrong_secrets(one, rule, facts);
  return RuleTestResult{one.name, one.place, std::move(problem)};
}

}  // namespace

Result<std::vector<RuleTestResult>> run_rule_tests(const Rule& rule, const RuleSet& rules,
                                                   const Schema& schema) {
  const YamlValue tests = rule.tests->root().get("tests");
  if (!tests.exists()) return Error{rule.file, "the rule has no tests", "add 'tests'"};
  XSAUDIT_ASSIGN(const auto cases, read_rule_cases(tests));
  std::vector<RuleTestResult> results;
  for (const RuleCase& one : cases) {
    XSAUDIT_ASSIGN(auto result, run_case(one, rule, rules, schema));
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace xsaudit
