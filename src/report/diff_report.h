// The differences of two stores as text and as an HTML page for people, and as JSON for programs.
// Every path and value is escaped. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "audit/store_diff.h"

namespace xsaudit {

std::string write_diff_text(const StoreDiff& diff);

// One page that works from a file and makes no request.
std::string write_diff_html(const StoreDiff& diff);

// "xsaudit-diff/1"
std::string write_diff_json(const StoreDiff& diff);

// What the text and the page have in common. All of it is safe to print.
struct DiffField {
  std::string label;  // "value"; empty: one more line of the field before
  std::string text;
};
std::string difference_title(const NodeDifference& difference);  // "/a and 3 nodes below"
std::vector<DiffField> difference_fields(const NodeDifference& difference);
// What a difference stands under: "domain 3 "web", vif/0".
std::string difference_heading(const NodeDifference& difference);
// A line for each guest that came, went or has another domid.
std::vector<std::string> guest_lines(const StoreDiff& diff);
// "3 differences; 2 volatile nodes left out"
std::string diff_summary(const StoreDiff& diff);

}  // namespace xsaudit
