// Results of functions about host facts (host/facts/host_facts.h). If the host was not examined,
// the format of the recording is the reason; if it was examined without success, the recording
// lacks the fact. Values point into the facts or the context's arena, and live as long as those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/facts/fact.h"
#include "rules/eval/eval_context.h"

namespace xsaudit::host_answer {

inline const Value kNoItems = Value::of_list(nullptr, 0);

// `fact`: what is not known, as a clause. Both texts are kept as pointers.
inline Value unknown(EvalContext& context, const char* fact, const char* reason, bool by_form) {
  Unknown made;
  made.path = context.slots[kNodeSlot];
  made.fact = fact;
  made.reason = reason;
  made.by_form = by_form;
  return Value::of(context.arena.make(made));
}

// The result if no host was examined.
inline Value nothing_recorded(EvalContext& context, const char* fact) {
  return unknown(context, fact, "no processes were recorded with the store", true);
}

// The result for a fact that is not known: `nothing` if it is absent.
template <typename T>
Value not_known(EvalContext& context, const Fact<T>& fact, const char* what, Value nothing = {}) {
  return fact.is_absent() ? nothing : unknown(context, what, fact.reason().c_str(), false);
}

// A number from the host, such as a pid or a uid.
inline std::optional<std::uint32_t> number(const Value& value) {
  if (value.integer < 0 || value.integer > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value.integer);
}

inline Value text(const std::string& bytes) { return Value::of(std::string_view(bytes)); }

inline Value integer(std::uint64_t number) { return Value::of(static_cast<std::int64_t>(number)); }

}  // namespace xsaudit::host_answer
