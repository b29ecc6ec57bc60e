// Functions over host facts other than processes, and over facts of the audit.
#include <algorithm>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"
#include "rules/functions/host_answer.h"

namespace xsaudit {
namespace {

using namespace host_answer;

Value user_id(EvalContext& context, const Value* arguments) {
  constexpr const char* kWhat = "whether the host has such a user is not known";
  if (context.facts.host == nullptr) return nothing_recorded(context, kWhat);
  const Fact<User>& user = context.facts.host->user(std::string(context.text_of(arguments[0])));
  return user.is_known() ? integer(user->uid) : not_known(context, user, kWhat);
}

Value users_of(EvalContext& context, const Value* arguments) {
  constexpr const char* kWhat = "which users have the number is not known";
  if (context.facts.host == nullptr) return nothing_recorded(context, kWhat);
  const auto uid = number(arguments[0]);
  if (!uid) return kNoItems;
  const Fact<std::vector<User>> users = context.facts.host->users_of(*uid);
  if (users.is_absent()) return kNoItems;
  if (users.is_unknown()) {
    return unknown(context, kWhat, "the host's users could not all be asked for", false);
  }
  return list_value(context, *users,
                    [&](const User& one) { return Value::of(context.arena.copy(one.name)); });
}

Value configured(EvalContext& context, const Value* arguments) {
  constexpr const char* kWhat = "the toolstack's configuration is not known";
  const HostFacts* const host = context.facts.host;
  if (host == nullptr) return nothing_recorded(context, kWhat);
  const auto domid = number(arguments[0]);
  if (!domid) return {};
  const auto uuid = context.facts.schema.domains().uuid(context.snapshot, *domid);
  if (!uuid) return {};
  const Fact<DomainRecord>& record = host->record(*domid, *uuid);
  if (!record.is_known()) return not_known(context, record, kWhat);
  const auto value = record->find(std::string(context.text_of(arguments[1])));
  if (value == record->end()) return unknown(context, kWhat, "it was not examined", false);
  return value->second.is_known() ? text(*value->second) : not_known(context, value->second, kWhat);
}

Value snapshot_time(EvalContext& context, const Value*) {
  const auto& time = context.snapshot.info().time;
  return time ? Value::of(*time) : Value();
}

Value required(EvalContext& context, const Value* arguments) {
  const std::vector<std::string>& names = context.facts.options.required;
  return Value::of(std::find(names.begin(), names.end(), context.text_of(arguments[0])) !=
                   names.end());
}

}  // namespace

FunctionGroup host_functions() {
  return {
      "The host",
      {function("user_id(name)", {kText}, kInteger, user_id,
                "The number of a user of the host; null if there is none."),
       function("users_of(uid)", {kInteger}, list_of(Type::Kind::text), users_of,
                "The names of the users who have this number."),
       function("configured(domid, pointer)", {kInteger, kText}, kText, configured,
                "The value at a JSON pointer in the toolstack's own record of the domain; null if "
                "there is none."),
       function("snapshot_time()", {}, kInteger, snapshot_time,
                "When the store was read, in seconds since 1970; null if that is not known."),
       function("required(name)", {kText}, kBoolean, required,
                "Whether an option of the audit requires it: `dm-restrict` with "
                "`--require-dm-restrict`.")}};
}

}  // namespace xsaudit
