// A list made of anything that can be gone through. Stateless.
#pragma once

#include <algorithm>
#include <span>

#include "rules/language/frame.h"

namespace xsaudit {

// `to_value` makes a Value of each; they lie in the frame's arena. `gap`: there may be more of
// them.
template <typename Items, typename ToValue>
Value list_value(Frame& frame, const Items& items, ToValue to_value, const Unknown* gap = nullptr) {
  frame.step(items.size());
  const std::span<Value> values = frame.arena.array<Value>(items.size());
  std::transform(items.begin(), items.end(), values.begin(), to_value);
  return Value::of_list(values.data(), values.size(), gap);
}

}  // namespace xsaudit
