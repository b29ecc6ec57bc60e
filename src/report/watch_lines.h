// The lines of a watch: one for each event of a finding, and one for each thing that the watch says
// of itself; for people, for the journal, or a JSON object each (type "new", "back", "gone",
// "passed", "still" or "note"). The journal and `logger --prio-prefix` take the number in front of
// a line as its priority (sd-daemon(3)), and add the time. Every line ends with a newline and
// contains no other; bytes of guests are escaped. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/finding_life.h"
#include "audit/result.h"

namespace xsaudit {

// `milliseconds`: the time of the event, since 1970. `rules`: of the result with the finding.
std::string watch_line(const FindingEvent& event, const std::vector<RuleSummary>& rules,
                       std::int64_t milliseconds);
std::string watch_journal_line(const FindingEvent& event, const std::vector<RuleSummary>& rules);
std::string watch_json(const FindingEvent& event, const std::vector<RuleSummary>& rules,
                       std::int64_t milliseconds);

// `message`: safe to print.
std::string watch_note_line(const std::string& message, std::int64_t milliseconds);
std::string watch_note_journal_line(const std::string& message);
std::string watch_note_json(const std::string& message, std::int64_t milliseconds);

}  // namespace xsaudit
