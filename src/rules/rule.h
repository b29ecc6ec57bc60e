// The severity of a finding. Ordered: info never fails an audit, the others do from --fail-on
// upwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/check/named_patterns.h"
#include "rules/eval/expression.h"
#include "rules/eval/message.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

enum class Severity : std::uint8_t { info, low, medium, high, critical };

const char* to_text(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

// A rule: the texts of its file for people, and its program. Immutable once loaded; any thread. The
// keys of a rule file are described in rules/README.md.
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
  std::string fix;  // as written, with {expressions}; Violation::fix has their values
  std::vector<std::string> exceptions;
  std::vector<std::string> references;
  // While its severity is info, the message is a note about the guest and not a finding.
  bool is_note = false;
  // Which values and permissions of the evidence a baseline compares, in addition to the path and
  // RuleProgram::known_by.
  bool known_by_values = true;
  bool known_by_permissions = true;
  std::string file;  // "rules/orphan-backend.yaml"

  std::shared_ptr<const RuleProgram> program;

  // The documents of its file; `tests` has the key "tests", and may be the same document. Always
  // set in a loaded rule.
  std::optional<YamlDocument> document;
  std::optional<YamlDocument> tests;
};

// The compiled form of a rule. Immutable; any thread, each in a context of its own.
struct RuleProgram {
  // Another rule that reports the same fault more precisely: if it has a hit, this rule's hit is
  // not reported.
  struct Superseder {
    std::size_t rule = 0;  // index in the rule set
    ExpressionPtr at;      // the path of the other rule's hit; null: the same node
  };
  struct SeverityCase {
    ExpressionPtr when;
    Severity severity;
  };

  SlotLayout layout;
  NamedPatterns match;
  std::vector<ExpressionPtr> lets;
  ExpressionPtr when;                       // null: always
  ExpressionPtr assertion;                  // the condition that must hold
  ExpressionPtr secret;                     // where the node holds a secret; null: nowhere
  std::vector<SeverityCase> severity_when;  // the first that holds counts
  Message message;
  std::optional<Message> fix;
  bool detach = false;  // the fix ends with the steps that detach the device of the node
  std::vector<ExpressionPtr> evidence;  // paths, and lists of paths
  std::vector<ExpressionPtr> known_by;  // of any type
  ExpressionPtr wrong;                  // the path of the node that is wrong; null: the match
  bool wrong_permissions = false;       // its permissions are wrong, not its value
  ExpressionPtr suspect;  // the domid that the toolstack's record gives away; may be null
  ExpressionPtr victim;   // the domid of the domain that it harms; may be null
  std::vector<Superseder> superseded_by;
  bool transient = false;  // its faults can disappear without intervention
  // If this holds, one reading is enough; null: never.
  ExpressionPtr confirmed;
  bool once_per_subtree = false;  // report: subtree
  ExpressionPtr once_per;         // report: {once_per: …}; null: each place
};

}  // namespace xsaudit
