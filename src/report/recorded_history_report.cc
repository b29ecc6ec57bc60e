#include "report/recorded_history_report.h"

#include "base/escape.h"
#include "base/wording.h"
#include "report/json_members.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

using Event = RecorderFolder::Event;

const char* to_text(Event::What what) {
  switch (what) {
    case Event::What::present: return "present";
    case Event::What::appeared: return "appeared";
    case Event::What::gone: return "gone";
    case Event::What::changed: break;
  }
  return "changed";
}

std::string value_phrase(const NodeFacts& facts) {
  if (facts.value_unknown == UnknownReason::secret) return "(a secret)";
  if (facts.value_unknown == UnknownReason::known) return in_quotes(facts.value);
  return std::string("(unknown: ") + to_text(facts.value_unknown) + ")";
}

std::string permissions_phrase(const NodeFacts& facts) {
  if (!facts.permissions.empty()) return "(" + to_text(facts.permissions) + ")";
  return std::string("(permissions unknown: ") + to_text(facts.permissions_unknown) + ")";
}

std::string change_phrase(const Event& event) {
  const NodeFacts& before = event.before;
  const NodeFacts& after = event.after;
  if (!before.present || !after.present) {
    const NodeFacts& facts = after.present ? after : before;
    return value_phrase(facts) + "  " + permissions_phrase(facts);
  }
  const bool other_value =
      before.value != after.value || before.value_unknown != after.value_unknown;
  const bool other_permissions = before.permissions != after.permissions;
  // Of two secrets it is only known that they differ.
  const bool secret =
      before.value_unknown == UnknownReason::secret && after.value_unknown == UnknownReason::secret;
  std::string text;
  if (other_value || (secret && !other_permissions)) {
    text = value_phrase(before) + " -> " + value_phrase(after);
  }
  if (other_permissions) {
    text += (text.empty() ? "" : "  ") + permissions_phrase(before) + " -> " +
            permissions_phrase(after);
  }
  return text;
}

std::string event_line(const Event& event) {
  std::string text = "  " + moment_text(event.time) + "  ";
  std::string what = to_text(event.what);
  what.resize(10, ' ');
  text += what + escape_shortened(event.path) + "  " + change_phrase(event);
  if (event.since) text += "  [not before " + moment_text(*event.since) + "]";
  return text + "\n";
}

Json facts_json(const NodeFacts& facts) {
  if (!facts.present) return nullptr;
  const bool known = facts.value_unknown == UnknownReason::known;
  return {{"value", known ? Json(escape(facts.value)) : Json(nullptr)},
          {"secret", facts.value_unknown == UnknownReason::secret},
          {"permissions",
           facts.permissions.empty() ? Json(nullptr) : Json(to_text(facts.permissions))}};
}

Json event_json(const Event& event) {
  return {{"time", moment_text(event.time)},
          {"not_before", event.since ? Json(moment_text(*event.since)) : Json(nullptr)},
          {"event", to_text(event.what)},
          {"path", escape(event.path)},
          {"before", facts_json(event.before)},
          {"after", facts_json(event.after)}};
}

}  // namespace

std::string write_recorded_history_text(const RecordedHistory& report) {
  const RecorderFolder::History& history = report.history;
  std::string text;
  for (const auto& node : history.nodes) {
    text += escape_shortened(node.path) + "\n";
    if (node.left_out > 0) {
      text += "  " + plural(node.left_out, "older event", "older events") + " left out\n";
    }
    if (node.events.empty()) text += "  was not there\n";
    for (const Event& event : node.events) text += event_line(event);
    text += "\n";
  }
  text += "recording: " + plural(history.segments, "segment", "segments");
  if (history.begins) {
    text += ", from " + moment_text(*history.begins) + " to " + moment_text(history.ends);
  }
  text += "\n";
  if (!history.gaps.empty()) text += "missing\n";
  for (const std::string& gap : history.gaps) text += "  " + gap + "\n";
  return text;
}

std::string write_recorded_history_json(const RecordedHistory& report) {
  const RecorderFolder::History& history = report.history;
  Json nodes = Json::array();
  for (const auto& node : history.nodes) {
    Json events = Json::array();
    for (const Event& event : node.events) events.push_back(event_json(event));
    nodes.push_back(
        {{"path", escape(node.path)}, {"events", std::move(events)}, {"left_out", node.left_out}});
  }
  const Json json = {
      {"format", "xsaudit-recorded-history/1"},
      {"version", report.version},
      {"recording", escape(report.recording)},
      {"segments", history.segments},
      {"begins", history.begins ? Json(moment_text(*history.begins)) : Json(nullptr)},
      {"ends", history.begins ? Json(moment_text(history.ends)) : Json(nullptr)},
      {"missing", history.gaps},
      {"nodes", std::move(nodes)}};
  return text_of(json, 2) + "\n";
}

}  // namespace xsaudit
