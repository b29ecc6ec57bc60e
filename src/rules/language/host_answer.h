// What functions over the host beside the store answer (host/host_facts.h). Where nobody looked at
// all, that is the form of the recording; where somebody looked and did not see, the recording
// lacks it. Values point into the facts or the frame's arena, and live as long as those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/fact.h"
#include "rules/language/frame.h"

namespace xsaudit::host_answer {

inline const Value kNoItems = Value::of_list(nullptr, 0);

// `fact`: what is not known, as a clause. Both texts are kept as pointers.
inline Value unknown(Frame& frame, const char* fact, const char* reason, bool by_form) {
  Unknown made;
  made.path = frame.text_of(frame.slots[kNodeSlot]);
  made.fact = fact;
  made.reason = reason;
  made.by_form = by_form;
  return Value::of(frame.arena.make(made));
}

// Where no host was looked at.
inline Value nothing_recorded(Frame& frame, const char* fact) {
  return unknown(frame, fact, "no processes were recorded with the store", true);
}

// What an answer that is not known comes to: `nothing` where it is absent.
template <typename T>
Value not_known(Frame& frame, const Fact<T>& fact, const char* what, Value nothing = {}) {
  return fact.is_absent() ? nothing : unknown(frame, what, fact.reason().c_str(), false);
}

// A number of the host's, such as a pid or a uid.
inline std::optional<std::uint32_t> number(const Value& value) {
  if (value.integer < 0 || value.integer > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value.integer);
}

inline Value text(const std::string& bytes) { return Value::of(std::string_view(bytes)); }

inline Value integer(std::uint64_t number) { return Value::of(static_cast<std::int64_t>(number)); }

}  // namespace xsaudit::host_answer
