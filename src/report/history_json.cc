#include "base/escape.h"
#include "report/history_report.h"

namespace xsaudit {
namespace {

Json client_json(const LogConnection& by) {
  using Kind = LogConnection::Kind;
  return {{"domain", by.kind == Kind::domain ? Json(by.number) : Json(nullptr)},
          {"process", by.kind == Kind::process ? Json(by.number) : Json(nullptr)},
          {"text", to_text(by)}};
}

Json file_json(const AccessLog::File& file) {
  return {{"name", escape(file.name)},
          {"form", to_text(file.form)},
          {"lines", file.lines},
          {"begins", time_text(file.begins, file.form)},
          {"ends", time_text(file.ends, file.form)}};
}

}  // namespace

Json json_of(const LogEvent& event, bool secret) {
  const bool has_value =
      event.operation == LogOperation::write || event.operation == LogOperation::set_permissions;
  return {{"time", time_text(event)},
          {"by", client_json(event.by)},
          {"transaction", event.transaction == 0 ? Json(nullptr) : Json(event.transaction)},
          {"replayed", event.replayed},
          {"operation", to_text(event.operation)},
          {"path", escape(event.path)},
          {"value", has_value && !secret ? Json(escape(event.value)) : Json(nullptr)},
          {"secret", secret},
          {"truncated", event.path_cut || event.value_cut},
          {"outcome", to_text(event.outcome)},
          {"error", null_if_empty(event.error)},
          {"times", event.times}};
}

std::string write_history_json(const HistoryReport& report) {
  Json files = Json::array();
  for (const AccessLog::File& file : report.files) files.push_back(file_json(file));
  Json nodes = Json::array();
  for (const NodeHistory& node : report.nodes) {
    Json events = Json::array();
    for (const HistoryEvent& one : node.events) {
      Json event = json_of(one.event, one.secret);
      event["place"] = one.place;
      events.push_back(std::move(event));
    }
    nodes.push_back(
        {{"path", escape(node.path)}, {"events", std::move(events)}, {"left_out", node.left_out}});
  }
  const Json json = {{"format", "xsaudit-history/1"},
                     {"version", report.version},
                     {"files", std::move(files)},
                     {"lines", report.lines},
                     {"begins", null_if_empty(report.begins)},
                     {"ends", null_if_empty(report.ends)},
                     {"forgeable", report.forgeable},
                     {"missing", report.gaps},
                     {"nodes", std::move(nodes)}};
  return text_of(json, 2) + "\n";
}

}  // namespace xsaudit
