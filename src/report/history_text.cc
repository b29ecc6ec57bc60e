#include <algorithm>

#include "base/escape.h"
#include "base/wording.h"
#include "report/history_report.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string client_phrase(const LogEvent& event) {
  std::string text = to_text(event.by);
  if (event.transaction != 0) {
    text += ", transaction " + std::to_string(event.transaction);
    if (event.replayed) text += " (replayed)";
  }
  return text;
}

std::string event_lines(const HistoryEvent& one) {
  const LogEvent& event = one.event;
  constexpr std::size_t kTime = 26;
  constexpr std::size_t kOperation = 10;
  std::string text = "  " + padded(time_text(event), kTime);
  if (event.operation == LogOperation::ended) {
    return text + to_text(event.by) + " ended  [" + one.place + "]\n";
  }
  text += padded(to_text(event.operation), kOperation) + change_phrase(event, one.secret) + "\n";
  text += std::string(kTime + 2, ' ') + "by " + client_phrase(event) + "; " + outcome_phrase(event);
  if (event.times > 1) text += "; " + std::to_string(event.times) + " times in sequence";
  return text + "  [" + one.place + "]\n";
}

}  // namespace

std::string change_phrase(const LogEvent& event, bool secret) {
  std::string text = escape_shortened(event.path);
  if (event.path_cut) return text + "... (truncated in the log)";
  if (event.operation == LogOperation::set_permissions) {
    std::string list = event.value;
    std::replace(list.begin(), list.end(), ' ', ',');
    return text + " (" + escape_shortened(list) + (event.value_cut ? "... truncated)" : ")");
  }
  if (event.operation != LogOperation::write) return text;
  if (secret) return text + " = (a secret)";
  text += " = " + in_quotes(event.value);
  return event.value_cut ? text + "... (truncated in the log)" : text;
}

std::string outcome_phrase(const LogEvent& event) {
  switch (event.outcome) {
    case LogOutcome::done: return "took effect";
    case LogOutcome::refused: return "refused: " + escape_shortened(event.error);
    case LogOutcome::not_committed: return "no effect: its transaction was not committed";
    case LogOutcome::conflicted: return "no effect: its transaction conflicted (EAGAIN)";
    case LogOutcome::unknown: break;
  }
  return event.form == LogForm::trace ? "effect unknown"
                                      : "effect unknown: this log has no commits";
}

std::string write_history_text(const HistoryReport& report) {
  std::string text;
  for (const NodeHistory& node : report.nodes) {
    text += escape_shortened(node.path) + "\n";
    if (node.left_out > 0) {
      text += "  " + plural(node.left_out, "older event", "older events") + " left out\n";
    }
    if (node.events.empty()) text += "  no events in the log\n";
    for (const HistoryEvent& event : node.events) text += event_lines(event);
    text += "\n";
  }
  text += "log: " + plural(report.lines, "line", "lines") + " of " +
          plural(report.files.size(), "file", "files");
  if (!report.begins.empty()) text += ", from " + report.begins + " to " + report.ends;
  const bool local = std::any_of(report.files.begin(), report.files.end(),
                                 [](const auto& file) { return file.form != LogForm::access_log; });
  text += local ? " (local time of the host)\n" : "\n";
  if (report.forgeable) {
    text += "A guest can forge lines in a trace of C xenstored: nothing in it is proof.\n";
  }
  if (!report.gaps.empty()) text += "missing\n";
  for (const std::string& gap : report.gaps) text += "  " + gap + "\n";
  return text;
}

}  // namespace xsaudit
