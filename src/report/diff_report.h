// The differences of two stores as text for people and as JSON for programs. Every path and value
// is escaped. Stateless; any thread.
#pragma once

#include <string>

#include "audit/store_diff.h"

namespace xsaudit {

std::string write_diff_text(const StoreDiff& diff);

// "xsaudit-diff/1"
std::string write_diff_json(const StoreDiff& diff);

}  // namespace xsaudit
