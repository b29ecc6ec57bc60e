#include <optional>
#include <string>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"

namespace xsaudit {
namespace {

std::optional<Device> device_at(EvalContext& context, const Value& path) {
  return context.facts.schema.devices().device_of(context.text_of(path));
}

Value copied(EvalContext& context, const std::vector<std::string>& texts) {
  return list_value(context, texts, [&](const std::string& text) { return copied(context, text); });
}

Value frontend_of(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  if (!device) return {};
  return copied(context, context.facts.schema.devices().frontend_path(*device));
}

// The first record that exists or may exist; else the first place of a record.
Value record_of(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  if (!device) return {};
  Value first;
  for (const std::string& path : context.facts.schema.devices().record_paths(*device)) {
    const Value record = copied(context, path);
    const NodeLookup place = look_up_node(context, record);
    if (place.present() || place.unknown != nullptr) return record;
    if (first.is(Value::Kind::null)) first = record;
  }
  return first;
}

Value device_part(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  if (!device) return {};
  switch (device->part) {
    case Device::Part::frontend: return Value::of(std::string_view("frontend"));
    case Device::Part::backend: return Value::of(std::string_view("backend"));
    case Device::Part::record: break;
  }
  return Value::of(std::string_view("record"));
}

Value device_guest(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  return device ? Value::of(std::int64_t{device->domid}) : Value();
}
Value device_kind(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  return device ? copied(context, device->kind) : Value();
}
Value device_id(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  return device ? copied(context, device->id) : Value();
}
Value backend_domid(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  if (!device || !device->backend_domid) return {};
  return Value::of(std::int64_t{*device->backend_domid});
}
Value backend_kind(EvalContext& context, const Value* arguments) {
  const auto device = device_at(context, arguments[0]);
  return device && device->backend_kind ? copied(context, *device->backend_kind) : Value();
}

Value backend_kinds(EvalContext& context, const Value* arguments) {
  return copied(context,
                context.facts.schema.devices().backend_kinds(context.text_of(arguments[0])));
}
Value frontend_kind(EvalContext& context, const Value* arguments) {
  const auto kind = context.facts.schema.devices().frontend_kind(context.text_of(arguments[0]));
  return kind ? copied(context, *kind) : Value();
}
Value recorded(EvalContext& context, const Value* arguments) {
  return Value::of(context.facts.schema.devices().recorded(context.text_of(arguments[0])));
}

}  // namespace

FunctionGroup device_functions() {
  return {
      "Devices",
      {function_of_position(
           "frontend_of(path)", {kText}, kText, frontend_of,
           "Where the frontend of a device lies, by the position of its frontend, backend or "
           "record, or of a node in one of them; null for any other path."),
       function_of_position(
           "record_of(path)", {kText}, kText, record_of,
           "Where the toolstack keeps its own record of the device: the record that is there, else "
           "where it would be."),
       function_of_position(
           "device_part(path)", {kText}, kText, device_part,
           "Which of the three it is: `frontend`, `backend` or `record`; null for any other path."),
       function_of_position("device_guest(path)", {kText}, kInteger, device_guest,
                            "The domain that has the frontend of the device."),
       function_of_position("device_kind(path)", {kText}, kText, device_kind,
                            "The kind of the device, by its frontend: `vbd`."),
       function_of_position("device_id(path)", {kText}, kText, device_id, "Its number: `51712`."),
       function_of_position("backend_domid(path)", {kText}, kInteger, backend_domid,
                            "The domain that a backend lies in; null for a path in no backend."),
       function_of_position("backend_kind(path)", {kText}, kText, backend_kind,
                            "The kind of a backend: `qdisk`."),
       function_of_position("backend_kinds(kind)", {kText}, list_of(Type::Kind::text),
                            backend_kinds,
                            "The kinds of backend that may serve a kind of frontend."),
       function_of_position(
           "frontend_kind(kind)", {kText}, kText, frontend_kind,
           "The kind of frontend that a kind of backend serves; null if it is not known."),
       function_of_position(
           "recorded(kind)", {kText}, kBoolean, recorded,
           "Whether a toolstack that keeps records keeps one of every device of this kind of "
           "frontend.")}};
}

}  // namespace xsaudit
