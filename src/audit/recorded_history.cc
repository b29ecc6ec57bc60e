#include "audit/recorded_history.h"

#include <utility>

namespace xsaudit {

RecordedHistory report_recorded(const Schema& schema, std::string recording,
                                RecorderFolder::History history, bool show_secrets) {
  RecordedHistory report{
      .version = XSAUDIT_VERSION, .recording = std::move(recording), .history = std::move(history)};
  if (show_secrets) return report;
  const auto redact = [&](const std::string& path, NodeFacts& facts) {
    if (facts.value_unknown != UnknownReason::known || !schema.secret(path, facts.value)) return;
    facts.value.clear();
    facts.value_unknown = UnknownReason::secret;
  };
  for (auto& node : report.history.nodes) {
    for (auto& event : node.events) {
      redact(event.path, event.before);
      redact(event.path, event.after);
    }
  }
  return report;
}

}  // namespace xsaudit
