#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "base/number_text.h"
#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"

namespace xsaudit {
namespace {

Value to_integer(EvalContext& context, const Value* arguments) {
  const auto number = leading_number(context.text_of(arguments[0]));
  return number ? Value::of(*number) : Value();
}

Value to_numbers(EvalContext& context, const Value* arguments) {
  return list_value(context, possible_numbers(context.text_of(arguments[0])),
                    [](std::int64_t number) { return Value::of(number); });
}

Value to_string(EvalContext& context, const Value* arguments) {
  static constexpr std::size_t kLongest = 20;  // of a 64-bit number with its sign
  char* const bytes = context.arena.bytes(kLongest);
  const auto [end, failed] = std::to_chars(bytes, bytes + kLongest, arguments[0].integer);
  return Value::of(std::string_view(bytes, static_cast<std::size_t>(end - bytes)));
}

Value starts_with(EvalContext& context, const Value* arguments) {
  return Value::of(context.text_of(arguments[0]).starts_with(context.text_of(arguments[1])));
}
Value ends_with(EvalContext& context, const Value* arguments) {
  return Value::of(context.text_of(arguments[0]).ends_with(context.text_of(arguments[1])));
}
Value contains(EvalContext& context, const Value* arguments) {
  context.step(context.text_of(arguments[0]).size());
  return Value::of(context.text_of(arguments[0]).find(context.text_of(arguments[1])) !=
                   std::string_view::npos);
}

Value lower(EvalContext& context, const Value* arguments) {
  const std::string_view text = context.text_of(arguments[0]);
  context.step(text.size());
  char* const bytes = context.arena.bytes(text.size());
  std::transform(text.begin(), text.end(), bytes, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return Value::of(std::string_view(bytes, text.size()));
}

Value is_printable(EvalContext& context, const Value* arguments) {
  std::string_view text = context.text_of(arguments[0]);
  context.step(text.size());
  while (!text.empty()) {
    const char first = text.front();
    const bool blank = first == '\t' || first == '\n' || first == '\r';
    const std::size_t length = blank ? 1 : printable_utf8(text);
    if (length == 0) return Value::of(false);
    text.remove_prefix(length);
  }
  return Value::of(true);
}

// The length of a node's path is known without building it.
Value text_size(EvalContext& context, const Value* arguments) {
  const Value& text = arguments[0];
  if (text.is(Value::Kind::path) && text.node != kRootNode) {
    return Value::of(context.store_index.sizes().path(text.node) + std::int64_t{text.size});
  }
  return Value::of(static_cast<std::int64_t>(context.text_of(arguments[0]).size()));
}

Value size_or_bound(EvalContext& context, std::size_t size, const Unknown* gap) {
  if (gap == nullptr) return Value::of(static_cast<std::int64_t>(size));
  Unknown unknown = *gap;
  unknown.at_least = static_cast<std::int64_t>(size);
  return Value::of(context.arena.make(unknown));
}
Value list_size(EvalContext& context, const Value* arguments) {
  return size_or_bound(context, arguments[0].size, arguments[0].gap);
}
Value is_known(EvalContext&, const Value* arguments) {
  return Value::of(!arguments[0].is(Value::Kind::unknown));
}
Value item_after(EvalContext& context, const Value* arguments) {
  const Value& list = arguments[0];
  const std::string_view wanted = context.text_of(arguments[1]);
  context.step(list.size);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    const Value& item = list.items[i];
    if (item.is(Value::Kind::null) || context.text_of(item) != wanted) continue;
    if (i + 1 < list.size) return list.items[i + 1];
    break;
  }
  return list.gap != nullptr ? Value::of(list.gap) : Value();
}

// A key that distinguishes an item of a list from all others of its type.
using Key = std::pair<bool, std::string_view>;
Key key_of(EvalContext& context, const Value& item) {
  if (item.is(Value::Kind::null)) return {};
  if (item.is(Value::Kind::integer)) {
    return {true, {reinterpret_cast<const char*>(&item.integer), sizeof item.integer}};
  }
  if (item.is(Value::Kind::boolean)) return {true, item.boolean ? "1" : "0"};
  return {true, context.text_of(item)};
}

// Items of a list that are kept, in their order.
template <typename Kept>
Value kept_items(EvalContext& context, const Value& list, const Unknown* gap, const Kept& kept) {
  const std::span<Value> items = context.arena.array<Value>(list.size);
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (kept(i)) items[count++] = list.items[i];
  }
  return Value::of_list(items.data(), count, gap);
}

Value distinct(EvalContext& context, const Value* arguments) {
  const Value& list = arguments[0];
  if (list.size < 2) return list;
  context.step(list.size);
  std::vector<std::pair<Key, std::uint32_t>> sorted;
  sorted.reserve(list.size);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    sorted.emplace_back(key_of(context, list.items[i]), i);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::adjacent_find(sorted.begin(), sorted.end(), same) == sorted.end()) return list;
  std::vector<bool> again(list.size);
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    again[sorted[i].second] = sorted[i].first == sorted[i - 1].first;
  }
  return kept_items(context, list, list.gap, [&](std::uint32_t i) { return !again[i]; });
}

// If the other list may have more items, each of these may be among them.
Value without(EvalContext& context, const Value* arguments) {
  const Value& list = arguments[0];
  const Value& other = arguments[1];
  context.step(std::uint64_t{list.size} + other.size);
  if (other.gap != nullptr) {
    return Value::of_list(nullptr, 0, list.size > 0 ? worse(list.gap, other.gap) : list.gap);
  }
  std::vector<Key> sorted;
  for (std::uint32_t i = 0; i < other.size; ++i) {
    sorted.push_back(key_of(context, other.items[i]));
  }
  std::sort(sorted.begin(), sorted.end());
  return kept_items(context, list, list.gap, [&](std::uint32_t i) {
    return !std::binary_search(sorted.begin(), sorted.end(), key_of(context, list.items[i]));
  });
}

Value domains_size(EvalContext& context, const Value* arguments) {
  return size_or_bound(context, arguments[0].domains->size(), arguments[0].gap);
}

}  // namespace

FunctionGroup text_functions() {
  return {
      "Texts, numbers, lists and sets of domains",
      {function("int(text)", {kText}, kInteger, to_integer,
                "The decimal number that a text begins with, as `atoi`, `strtoul` and `%d` read "
                "it: with blanks and a sign before it, and anything behind it. Null if it begins "
                "with none."),
       function("numbers(text)", {kText}, list_of(Type::Kind::integer), to_numbers,
                "Every number that some program would read there: that of `int()`, what `%i` and "
                "OCaml make of `0x10` or `010`, and what 32 bits keep of it. None if it begins "
                "with none."),
       function("string(number)", {kInteger}, kText, to_string, "A number as a text."),
       function_of_unknown(
           "known(condition)", {kBoolean}, kBoolean, is_known,
           "Whether a condition is decided. It is not if it needs an unknown fact."),
       method("text.startsWith(text)", {kText, kText}, kBoolean, starts_with,
              "Whether it begins so."),
       method("text.endsWith(text)", {kText, kText}, kBoolean, ends_with, "Whether it ends so."),
       method("text.contains(text)", {kText, kText}, kBoolean, contains,
              "Whether the other is somewhere in it."),
       method_of_part(
           0, kNodeValueClass, "text.printable()", kBoolean, is_printable,
           "Whether it is UTF-8 that can be shown: with no control character but tabs and line "
           "ends, and none that turns the direction of the text behind it."),
       method("text.lower()", {kText}, kText, lower,
              "The text with the letters A to Z in lower case; other bytes stay the same."),
       method_of_part(kNodePathSize, kNodeValueSize, "text.size()", kInteger, text_size,
                      "Its length in bytes."),
       method("list.size()", {list_of(Type::Kind::null)}, kInteger, list_size,
              "How many items it has."),
       method("list.after(text)", {list_of(Type::Kind::text), kText}, kText, item_after,
              "The item behind the first that is equal to the text, as the value of an option in a "
              "command line; null if there is none."),
       method("list.distinct()", {list_of(Type::Kind::null)}, list_of(Type::Kind::null), distinct,
              "Its items, each once."),
       method(
           "list.without(list)", {list_of(Type::Kind::text), list_of(Type::Kind::text)},
           list_of(Type::Kind::text), without,
           "The items of a list of texts that the other list does not have. A guest may make both "
           "long: `in` would go through the other list for each item."),
       method("domains.size()", {kDomains}, kInteger, domains_size,
              "How many domains it has; \"every other domain\" counts as one.")}};
}

}  // namespace xsaudit
