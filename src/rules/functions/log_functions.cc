// Functions over the log of the daemon, if one was given with the store.
#include <algorithm>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"
#include "rules/functions/host_answer.h"

namespace xsaudit {
namespace {

// A guest chooses how often it tries.
constexpr std::size_t kMostLogged = 1000;

// The reason why the log answers nothing; null if it does.
const Unknown* log_unknown(EvalContext& context) {
  constexpr const char* kWhat = "the content of the daemon's log is not known";
  const AccessLog* const log = context.facts.log;
  if (log == nullptr) {
    return host_answer::unknown(context, kWhat, "no log was given (--access-log)", true).unknown;
  }
  if (log->forgeable()) {
    return host_answer::unknown(context, kWhat, "a guest can forge lines of a trace", true).unknown;
  }
  return nullptr;
}

template <typename ToText>
Value logged_texts(EvalContext& context, const std::vector<const LogEvent*>& events, ToText to_text,
                   const Unknown* gap = nullptr) {
  const std::size_t count = std::min(events.size(), kMostLogged);
  return list_value(
      context, std::span(events.data() + (events.size() - count), count),
      [&](const LogEvent* event) { return copied(context, to_text(*event)); }, gap);
}

Value refused_changes(EvalContext& context, const Value* arguments) {
  if (const Unknown* const unknown = log_unknown(context)) return Value::of(unknown);
  const auto domid = host_answer::number(arguments[0]);
  if (!domid) return host_answer::kNoItems;
  return logged_texts(context, context.facts.log->refused(*domid),
                      [](const LogEvent& event) -> const std::string& { return event.path; });
}

Value logged_values(EvalContext& context, const Value* arguments) {
  if (const Unknown* const unknown = log_unknown(context)) return Value::of(unknown);
  std::vector<const LogEvent*> events = context.facts.log->values(context.text_of(arguments[0]));
  const Unknown* gap = nullptr;
  if (std::erase_if(events, [](const LogEvent* event) { return event->value_cut; }) > 0) {
    gap = host_answer::unknown(context, "the values that domains wrote are not known",
                               "a line of the log was truncated", false)
              .unknown;
  }
  return logged_texts(
      context, events, [](const LogEvent& event) -> const std::string& { return event.value; },
      gap);
}

}  // namespace

FunctionGroup log_functions() {
  constexpr Type::Kind text_item = Type::Kind::text;
  return {
      "Log of the daemon",
      {function("refused_changes(domid)", {kInteger}, list_of(text_item), refused_changes,
                "The paths of the changes that the running domain of this number attempted and the "
                "daemon refused for lack of permission, one for each attempt; the newest 1,000. "
                "Unknown without `--access-log`."),
       function("logged_values(path)", {kText}, list_of(text_item), logged_values,
                "The values that unprivileged domains gave a node, in their order, since the "
                "toolstack last removed the node or its domain began; the newest 1,000. Unknown "
                "without `--access-log`.")}};
}

}  // namespace xsaudit
