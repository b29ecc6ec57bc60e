// What a rule does, ready to be run. Immutable; any thread, each in a frame of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "rules/language/expression.h"
#include "rules/language/message.h"
#include "rules/language/named_patterns.h"
#include "rules/severity.h"

namespace xsaudit {

struct RuleProgram {
  // Another rule that says more of the same thing: where it fires, this one is silent.
  struct Graver {
    std::size_t rule = 0;  // index in the rule set
    ExpressionPtr at;      // the path where it would have fired; null: the same node
  };
  struct SeverityCase {
    ExpressionPtr when;
    Severity severity;
  };

  FrameLayout layout;
  NamedPatterns match;
  std::vector<ExpressionPtr> lets;
  ExpressionPtr when;                       // null: always
  ExpressionPtr assertion;                  // what must hold
  ExpressionPtr secret;                     // where the node holds a secret; null: nowhere
  std::vector<SeverityCase> severity_when;  // the first that holds counts
  Message message;
  std::optional<Message> fix;
  std::vector<ExpressionPtr> evidence;  // paths, and lists of paths
  std::vector<ExpressionPtr> known_by;  // of any type
  std::vector<Graver> yields_to;
  bool settles = false;  // what it finds may pass by itself
  // Where this holds one look is proof enough; null: nowhere.
  ExpressionPtr proven;
  bool once_per_subtree = false;  // report: subtree
  ExpressionPtr once_per;         // report: {once_per: …}; null: each place
};

}  // namespace xsaudit
