// A rule: what its file says for people to read, and its program. Immutable once loaded; any
// thread. The keys of a rule file are described in rules/README.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/severity.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

struct RuleProgram;  // rule_program.h

enum class RuleClass : std::uint8_t { security, hygiene, lifecycle, quota, integrity };
const char* to_text(RuleClass category);

struct Rule {
  std::string id;
  std::string title;
  Severity severity = Severity::info;
  RuleClass category = RuleClass::security;  // "class" in the file
  std::vector<std::string> match;            // as written
  std::string why;
  std::string fix;  // as written, with its {expressions}; Violation::fix has them filled in
  std::vector<std::string> exceptions;
  std::vector<std::string> references;
  // What it says is a line about the guest and no finding, as long as its severity is info.
  bool says_line = false;
  // By what a baseline knows again what was wrong, beside the place and RuleProgram::known_by: the
  // values and the permissions of the nodes in evidence.
  bool known_by_values = true;
  bool known_by_permissions = true;
  std::string file;  // "rules/orphan-backend.yaml"

  std::shared_ptr<const RuleProgram> program;

  // What its file says; `tests` has the key "tests", and may be the same document. Always there in
  // a rule that was loaded.
  std::optional<YamlDocument> document;
  std::optional<YamlDocument> tests;
};

}  // namespace xsaudit
