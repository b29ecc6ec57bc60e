#include <charconv>

#include "rules/language/functions.h"

namespace xsaudit {
namespace {

Value to_integer(Frame& frame, const Value* arguments) {
  const std::string_view text = frame.text_of(arguments[0]);
  std::int64_t number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || stop != text.data() + text.size()) return {};
  return Value::of(number);
}

Value to_string(Frame& frame, const Value* arguments) {
  static constexpr std::size_t kLongest = 20;  // of a 64-bit number with its sign
  char* const bytes = frame.arena.bytes(kLongest);
  const auto [end, failed] = std::to_chars(bytes, bytes + kLongest, arguments[0].integer);
  return Value::of(std::string_view(bytes, static_cast<std::size_t>(end - bytes)));
}

Value starts_with(Frame& frame, const Value* arguments) {
  return Value::of(frame.text_of(arguments[0]).starts_with(frame.text_of(arguments[1])));
}
Value ends_with(Frame& frame, const Value* arguments) {
  return Value::of(frame.text_of(arguments[0]).ends_with(frame.text_of(arguments[1])));
}
Value contains(Frame& frame, const Value* arguments) {
  return Value::of(frame.text_of(arguments[0]).find(frame.text_of(arguments[1])) !=
                   std::string_view::npos);
}

Value text_size(Frame& frame, const Value* arguments) {
  return Value::of(static_cast<std::int64_t>(frame.text_of(arguments[0]).size()));
}

Value size_or_bound(Frame& frame, std::size_t size, const Unknown* gap) {
  if (gap == nullptr) return Value::of(static_cast<std::int64_t>(size));
  Unknown unknown = *gap;
  unknown.at_least = static_cast<std::int64_t>(size);
  return Value::of(frame.arena.make(unknown));
}
Value list_size(Frame& frame, const Value* arguments) {
  return size_or_bound(frame, arguments[0].size, arguments[0].gap);
}
Value domains_size(Frame& frame, const Value* arguments) {
  return size_or_bound(frame, arguments[0].domains->size(), arguments[0].gap);
}

}  // namespace

FunctionGroup text_functions() {
  return {"Texts, numbers, lists and sets of domains",
          {
              {"int",
               "int(text)",
               "The number that a text is in decimal; null if it is none.",
               kInteger,
               {kText},
               to_integer},
              {"string", "string(number)", "A number as a text.", kText, {kInteger}, to_string},
              {"startsWith",
               "text.startsWith(text)",
               "Whether it begins so.",
               kBoolean,
               {kText, kText},
               starts_with,
               true},
              {"endsWith",
               "text.endsWith(text)",
               "Whether it ends so.",
               kBoolean,
               {kText, kText},
               ends_with,
               true},
              {"contains",
               "text.contains(text)",
               "Whether the other is somewhere in it.",
               kBoolean,
               {kText, kText},
               contains,
               true},
              {"size", "text.size()", "Its length in bytes.", kInteger, {kText}, text_size, true},
              {"size",
               "list.size()",
               "How many items it has.",
               kInteger,
               {list_of(Type::Kind::null)},
               list_size,
               true},
              {"size",
               "domains.size()",
               "How many domains it has; \"every other domain\" counts as one.",
               kInteger,
               {kDomains},
               domains_size,
               true},
          }};
}

}  // namespace xsaudit
