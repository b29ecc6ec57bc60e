// The history of nodes in a flight recording as text for people and as JSON for programs. Every
// path and value is escaped. Stateless; any thread.
#pragma once

#include <string>

#include "audit/recorded_history.h"

namespace xsaudit {

std::string write_recorded_history_text(const RecordedHistory& report);

// "xsaudit-recorded-history/1", described in schema/recorded-history.schema.json.
std::string write_recorded_history_json(const RecordedHistory& report);

}  // namespace xsaudit
