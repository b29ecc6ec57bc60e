#include "audit/node_history.h"

#include <utility>

namespace xsaudit {
namespace {

HistoryEvent history_event(const Schema& schema, const AccessLog& log, const LogEvent& event,
                           bool show_secrets) {
  HistoryEvent one{event, log.place(event), false};
  if (show_secrets || event.operation != LogOperation::write) return one;
  one.secret = schema.secret(event.path, event.value);
  if (one.secret) one.event.value.clear();
  return one;
}

NodeHistory history_of(const Schema& schema, const AccessLog& log, const std::string& path,
                       bool show_secrets) {
  NodeHistory history;
  history.path = path;
  const std::vector<const LogEvent*> events = log.history(path);
  if (events.size() > NodeHistory::kMostEvents) {
    history.left_out = events.size() - NodeHistory::kMostEvents;
  }
  for (std::size_t i = history.left_out; i < events.size(); ++i) {
    history.events.push_back(history_event(schema, log, *events[i], show_secrets));
  }
  return history;
}

}  // namespace

HistoryReport report_history(const Schema& schema, const AccessLog& log,
                             const std::vector<std::string>& paths, bool show_secrets) {
  HistoryReport report;
  report.version = XSAUDIT_VERSION;
  report.files = log.files();
  report.lines = log.lines();
  if (!log.empty()) {
    report.begins = log.begins_text();
    report.ends = time_text(log.ends(), log.form());
  }
  report.forgeable = log.forgeable();
  report.gaps = log.gaps();
  for (const std::string& path : paths) {
    report.nodes.push_back(history_of(schema, log, path, show_secrets));
  }
  return report;
}

}  // namespace xsaudit
