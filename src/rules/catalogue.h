// The rules as a page to read: Markdown, one table for each class. rules/README.md has it of the
// built-in ones. Stateless; any thread.
#pragma once

#include <string>

#include "rules/rule_set.h"

namespace xsaudit {

std::string catalogue(const RuleSet& rules);

}  // namespace xsaudit
