// One case of a rule's tests: a small store, facts about its host, and the expected result.
// rules/README.md describes the syntax. It keeps views into the document it was read from.
// Stateless; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/rule.h"
#include "rules/testing/fixture_store.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

struct RuleCase {
  enum class Expected : std::uint8_t { fires, silent, not_evaluated };

  Expected expected = Expected::fires;
  std::string name;
  std::string place;
  FixtureStore store;
  std::optional<std::int64_t> time;
  std::optional<YamlValue> host;
  ContextOptions options;
  std::vector<std::string> at;       // where it must fire, and nowhere else
  std::vector<Severity> severities;  // of each place in `at`, or one for all
  std::optional<bool> confirmed;     // whether one look is enough
  std::optional<bool> line;          // whether it is a line about the guest and no finding
  std::optional<std::vector<std::string>> secrets;  // nodes that it calls secret, and no others
  // At each place in `at`, or one for all: the node that is wrong, and the domids of the suspect
  // and of the victim, or "none".
  std::vector<std::string> wrong;
  std::vector<std::string> suspects;
  std::vector<std::string> victims;
  std::vector<std::string> messages;  // a part of it at each place in `at`, or one for all
};

// The cases of all sections, in their order. An error has the place of the mistake.
Result<std::vector<RuleCase>> read_rule_cases(const YamlValue& tests);

}  // namespace xsaudit
