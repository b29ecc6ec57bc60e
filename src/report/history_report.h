// The history of nodes as text for people and as JSON for programs. Every path and value is
// escaped. Stateless; any thread.
#pragma once

#include <string>

#include "audit/node_history.h"
#include "report/json_members.h"

namespace xsaudit {

std::string write_history_text(const HistoryReport& report);

// "xsaudit-history/1", described in schema/history.schema.json.
std::string write_history_json(const HistoryReport& report);

// The members of one event that reports share; without the place.
Json json_of(const LogEvent& event, bool secret);
// "/a = "value"", "/a n0,r3", "/a": what was done to which node.
std::string change_phrase(const LogEvent& event, bool secret);
// "took effect", "refused: EACCES", "no effect: its transaction was not committed"
std::string outcome_phrase(const LogEvent& event);

}  // namespace xsaudit
