// Makes a list value from any range. Stateless.
#pragma once

#include <algorithm>
#include <span>

#include <string_view>

#include "rules/eval/eval_context.h"

namespace xsaudit {

// `to_value` makes a Value of each item; the values lie in the context's arena. `gap` is the reason
// why the list may be incomplete, or null.
template <typename Items, typename ToValue>
Value list_value(EvalContext& context, const Items& items, ToValue to_value,
                 const Unknown* gap = nullptr) {
  context.step(items.size());
  const std::span<Value> values = context.arena.array<Value>(items.size());
  std::transform(items.begin(), items.end(), values.begin(), to_value);
  return Value::of_list(values.data(), values.size(), gap);
}

// A text value. The evaluation keeps its bytes.
inline Value copied(EvalContext& context, std::string_view text) {
  return Value::of(context.arena.copy(text));
}

}  // namespace xsaudit
