// A rule: what its file says for people to read, and its program. Immutable once loaded; any
// thread. The keys of a rule file are described in rules/README.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/severity.h"

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
  std::string file;  // "rules/orphan-backend.yaml"
  std::string text;  // what the file says, but for the tests

  std::shared_ptr<const RuleProgram> program;

  // What stands under "tests", not yet looked at, and the line it begins in.
  std::string tests;
  std::size_t tests_line = 0;
};

}  // namespace xsaudit
