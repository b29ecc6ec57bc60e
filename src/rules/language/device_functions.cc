#include <optional>
#include <string>

#include "rules/language/functions.h"

namespace xsaudit {
namespace {

std::optional<Device> device_at(Frame& frame, const Value& path) {
  return frame.facts.schema.devices().device_of(frame.text_of(path));
}

Value copied(Frame& frame, std::string_view text) { return Value::of(frame.arena.copy(text)); }

Value copied(Frame& frame, const std::vector<std::string>& texts) {
  const std::span<Value> items = frame.arena.array<Value>(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) items[i] = copied(frame, texts[i]);
  return Value::of_list(items.data(), items.size());
}

Value frontend_of(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  if (!device) return {};
  return copied(frame, frame.facts.schema.devices().frontend_path(*device));
}

// The first record that is there, or that may be there; else the first place for one.
Value record_of(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  if (!device) return {};
  Value first;
  for (const std::string& path : frame.facts.schema.devices().record_paths(*device)) {
    const Value record = copied(frame, path);
    const Place place = find_place(frame, record);
    if (place.present() || place.unknown != nullptr) return record;
    if (first.is(Value::Kind::null)) first = record;
  }
  return first;
}

Value device_part(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  if (!device) return {};
  switch (device->part) {
    case Device::Part::frontend: return Value::of(std::string_view("frontend"));
    case Device::Part::backend: return Value::of(std::string_view("backend"));
    case Device::Part::record: break;
  }
  return Value::of(std::string_view("record"));
}

Value device_guest(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  return device ? Value::of(std::int64_t{device->domid}) : Value();
}
Value device_kind(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  return device ? copied(frame, device->kind) : Value();
}
Value device_id(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  return device ? copied(frame, device->id) : Value();
}
Value backend_domid(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  if (!device || !device->backend_domid) return {};
  return Value::of(std::int64_t{*device->backend_domid});
}
Value backend_kind(Frame& frame, const Value* arguments) {
  const auto device = device_at(frame, arguments[0]);
  return device && device->backend_kind ? copied(frame, *device->backend_kind) : Value();
}

Value backend_kinds(Frame& frame, const Value* arguments) {
  return copied(frame, frame.facts.schema.devices().backend_kinds(frame.text_of(arguments[0])));
}
Value frontend_kind(Frame& frame, const Value* arguments) {
  const auto kind = frame.facts.schema.devices().frontend_kind(frame.text_of(arguments[0]));
  return kind ? copied(frame, *kind) : Value();
}
Value recorded(Frame& frame, const Value* arguments) {
  return Value::of(frame.facts.schema.devices().recorded(frame.text_of(arguments[0])));
}

}  // namespace

FunctionGroup device_functions() {
  return {
      "Devices",
      {
          {"frontend_of",
           "frontend_of(path)",
           "Where the frontend of a device lies, by the position of its frontend, backend or "
           "record, or of a node in one of them; null for any other path.",
           kText,
           {kText},
           frontend_of},
          {"record_of",
           "record_of(path)",
           "Where the toolstack keeps its own record of the device: the record that is there, else "
           "where it would be.",
           kText,
           {kText},
           record_of},
          {"device_part",
           "device_part(path)",
           "Which of the three it is: `frontend`, `backend` or `record`; null for any other path.",
           kText,
           {kText},
           device_part},
          {"device_guest",
           "device_guest(path)",
           "The domain whose frontend the device has.",
           kInteger,
           {kText},
           device_guest},
          {"device_kind",
           "device_kind(path)",
           "The kind of the device, by its frontend: `vbd`.",
           kText,
           {kText},
           device_kind},
          {"device_id", "device_id(path)", "Its number: `51712`.", kText, {kText}, device_id},
          {"backend_domid",
           "backend_domid(path)",
           "The domain that a backend lies in; null for a path in no backend.",
           kInteger,
           {kText},
           backend_domid},
          {"backend_kind",
           "backend_kind(path)",
           "The kind of a backend: `qdisk`.",
           kText,
           {kText},
           backend_kind},
          {"backend_kinds",
           "backend_kinds(kind)",
           "The kinds of backend that may serve a kind of frontend.",
           list_of(Type::Kind::text),
           {kText},
           backend_kinds},
          {"frontend_kind",
           "frontend_kind(kind)",
           "The kind of frontend that a kind of backend serves; null if it is not known.",
           kText,
           {kText},
           frontend_kind},
          {"recorded",
           "recorded(kind)",
           "Whether a toolstack that keeps records keeps one of every device of this kind of "
           "frontend.",
           kBoolean,
           {kText},
           recorded},
      }};
}

}  // namespace xsaudit
