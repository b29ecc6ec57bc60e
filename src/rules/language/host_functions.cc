// Functions over what is known of the host beside the store (host/host_facts.h). Where nobody
// looked at all, that is the form of the recording; where somebody looked and did not see, the
// recording lacks it.
#include <algorithm>
#include <array>
#include <optional>

#include "rules/language/functions.h"

namespace xsaudit {
namespace {

constexpr const char* kNothingRecorded = "no processes were recorded with the store";

Value unknown(Frame& frame, const char* fact, const char* reason, bool by_form) {
  Unknown made;
  made.path = frame.text_of(frame.slots[kNodeSlot]);
  made.fact = fact;
  made.reason = reason;
  made.by_form = by_form;
  return Value::of(frame.arena.make(made));
}

// What an answer that is not known comes to: nothing where it is absent.
template <typename T>
Value not_known(Frame& frame, const Fact<T>& fact, const char* what, Value nothing = {}) {
  return fact.is_absent() ? nothing : unknown(frame, what, fact.reason().c_str(), false);
}

std::optional<std::uint32_t> number(const Value& value) {
  if (value.integer < 0 || value.integer > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value.integer);
}

Value text(const std::string& bytes) { return Value::of(std::string_view(bytes)); }

template <typename Items, typename ToValue>
Value list(Frame& frame, const Items& items, ToValue to_value) {
  const std::span<Value> values = frame.arena.array<Value>(items.size());
  std::transform(items.begin(), items.end(), values.begin(), to_value);
  return Value::of_list(values.data(), values.size());
}

Value integer(std::uint64_t number) { return Value::of(static_cast<std::int64_t>(number)); }

// `member` of a process, made a value; `nothing` if there is no such process, or it has none.
template <typename T, typename ToValue>
Value of_process(Frame& frame, const Value& pid, const Fact<T>& (*member)(const Process&),
                 const char* what, ToValue to_value, Value nothing = {}) {
  if (frame.facts.host == nullptr) return unknown(frame, what, kNothingRecorded, true);
  const auto known = number(pid);
  if (!known) return nothing;
  const Fact<Process>& process = frame.facts.host->process(*known);
  if (!process.is_known()) return not_known(frame, process, what, nothing);
  const Fact<T>& fact = member(*process);
  return fact.is_known() ? to_value(*fact) : not_known(frame, fact, what, nothing);
}

const Value kNoItems = Value::of_list(nullptr, 0);

Value running(Frame& frame, const Value* arguments) {
  return of_process<std::string>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.state; },
      "whether there is such a process is not known",
      // Ended, and not yet waited for.
      [](const std::string& state) { return Value::of(state != "Z" && state != "X"); },
      Value::of(false));
}

Value started(Frame& frame, const Value* arguments) {
  return of_process<std::uint64_t>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.started; },
      "when the process was started is not known", integer);
}

Value executable(Frame& frame, const Value* arguments) {
  return of_process<std::string>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.executable; },
      "the process's program is not known", text);
}

Value command_line(Frame& frame, const Value* arguments) {
  return of_process<std::vector<std::string>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.arguments; },
      "the process's command line is not known",
      [&](const std::vector<std::string>& all) { return list(frame, all, text); }, kNoItems);
}

Value four(Frame& frame, const Ids& ids) {
  return list(frame, std::array{ids.real, ids.effective, ids.saved, ids.filesystem}, integer);
}

Value uids(Frame& frame, const Value* arguments) {
  return of_process<Ids>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.credentials.uids; },
      "the users it runs as are not known", [&](const Ids& ids) { return four(frame, ids); },
      kNoItems);
}

Value uid(Frame& frame, const Value* arguments) {
  return of_process<Ids>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.credentials.uids; },
      "the users it runs as are not known", [](const Ids& ids) { return integer(ids.effective); });
}

Value gids(Frame& frame, const Value* arguments) {
  return of_process<Ids>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.credentials.gids; },
      "the groups it runs as are not known", [&](const Ids& ids) { return four(frame, ids); },
      kNoItems);
}

Value groups(Frame& frame, const Value* arguments) {
  return of_process<std::vector<std::uint32_t>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.credentials.groups; },
      "the groups it belongs to are not known",
      [&](const std::vector<std::uint32_t>& all) { return list(frame, all, integer); }, kNoItems);
}

Value capabilities(Frame& frame, const Value* arguments) {
  const auto to_value = [&](const Capabilities& all) {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t bit = 0; bit < 64; ++bit) {
      if (((all.permitted | all.effective | all.ambient) >> bit & 1U) != 0) numbers.push_back(bit);
    }
    return list(frame, numbers, integer);
  };
  return of_process<Capabilities>(
      frame, arguments[0],
      [](const Process& one) -> const auto& { return one.credentials.capabilities; },
      "its capabilities are not known", to_value, kNoItems);
}

Value odd_threads(Frame& frame, const Value* arguments) {
  return of_process<std::uint32_t>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.other_threads; },
      "what its other threads may do is not known", integer);
}

Value root_directory(Frame& frame, const Value* arguments) {
  return of_process<std::string>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.root; },
      "its root directory is not known", text);
}

Value shares_namespace(Frame& frame, const Value* arguments) {
  const std::string_view kind = frame.text_of(arguments[1]);
  const auto to_value = [&](const std::vector<Namespace>& all) {
    for (const Namespace& one : all) {
      if (one.kind != kind) continue;
      return one.ours.is_known() ? Value::of(*one.ours)
                                 : not_known(frame, one.ours, "its namespaces are not known");
    }
    return Value();
  };
  return of_process<std::vector<Namespace>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.namespaces; },
      "its namespaces are not known", to_value);
}

Value process_limit(Frame& frame, const Value* arguments) {
  const std::string_view name = frame.text_of(arguments[1]);
  const auto to_value = [&](const std::vector<Limit>& all) {
    for (const Limit& one : all) {
      if (one.name == name && one.hard) return integer(*one.hard);
    }
    return Value();
  };
  return of_process<std::vector<Limit>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.limits; },
      "its limits are not known", to_value);
}

Value descriptors(Frame& frame, const Value* arguments) {
  const auto to_value = [&](const std::vector<Descriptor>& all) {
    return list(frame, all, [](const Descriptor& one) { return text(one.target); });
  };
  return of_process<std::vector<Descriptor>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.descriptors; },
      "what it has open is not known", to_value, kNoItems);
}

Value peers(Frame& frame, const Value* arguments) {
  constexpr const char* kWhat = "what it is connected to is not known";
  const auto to_value = [&](const std::vector<Descriptor>& all) {
    std::vector<const std::string*> names;
    const Unknown* gap = nullptr;
    for (const Descriptor& one : all) {
      if (one.peer.is_unknown()) gap = not_known(frame, one.peer, kWhat).unknown;
      if (one.peer.is_known() && !one.peer->empty()) names.push_back(&*one.peer);
    }
    Value values = list(frame, names, [](const std::string* name) { return text(*name); });
    values.gap = gap;
    return values;
  };
  return of_process<std::vector<Descriptor>>(
      frame, arguments[0], [](const Process& one) -> const auto& { return one.descriptors; }, kWhat,
      to_value, kNoItems);
}

// Those of which the command line is not known may have it too.
Value processes(Frame& frame, const Value* arguments) {
  constexpr const char* kWhat = "which processes there are is not known";
  const HostFacts* const host = frame.facts.host;
  if (host == nullptr) return unknown(frame, kWhat, kNothingRecorded, true);
  const std::string argument(frame.text_of(arguments[0]));
  for (const auto& [wanted, found] : host->searches) {
    if (std::find(wanted.begin(), wanted.end(), argument) == wanted.end()) continue;
    if (!found.is_known()) return not_known(frame, found, kWhat, kNoItems);
    std::vector<Pid> pids;
    const Unknown* gap = nullptr;
    for (const Pid pid : *found) {
      const Fact<Process>& process = host->process(pid);
      if (process.is_absent()) continue;
      const bool readable = process.is_known() && process->arguments.is_known();
      if (!readable) {
        const char* const why = process.is_known() ? process->arguments.is_unknown()
                                                         ? process->arguments.reason().c_str()
                                                         : "it has none"
                                                   : process.reason().c_str();
        gap = unknown(frame, "a process's command line is not known", why, false).unknown;
      } else if (std::find(process->arguments->begin(), process->arguments->end(), argument) !=
                 process->arguments->end()) {
        pids.push_back(pid);
      }
    }
    Value values = list(frame, pids, integer);
    values.gap = gap;
    return values;
  }
  return unknown(frame, kWhat, "nobody looked", false);
}

Value user_id(Frame& frame, const Value* arguments) {
  constexpr const char* kWhat = "whether the host has such a user is not known";
  if (frame.facts.host == nullptr) return unknown(frame, kWhat, kNothingRecorded, true);
  const Fact<User>& user = frame.facts.host->user(std::string(frame.text_of(arguments[0])));
  return user.is_known() ? integer(user->uid) : not_known(frame, user, kWhat);
}

Value users_of(Frame& frame, const Value* arguments) {
  constexpr const char* kWhat = "which users have the number is not known";
  if (frame.facts.host == nullptr) return unknown(frame, kWhat, kNothingRecorded, true);
  const auto uid = number(arguments[0]);
  if (!uid) return kNoItems;
  const Fact<std::vector<User>> users = frame.facts.host->users_of(*uid);
  if (users.is_absent()) return kNoItems;
  if (users.is_unknown()) {
    return unknown(frame, kWhat, "the host's users could not all be asked for", false);
  }
  return list(frame, *users,
              [&](const User& one) { return Value::of(frame.arena.copy(one.name)); });
}

Value configured(Frame& frame, const Value* arguments) {
  constexpr const char* kWhat = "what the toolstack was told is not known";
  const HostFacts* const host = frame.facts.host;
  if (host == nullptr) return unknown(frame, kWhat, kNothingRecorded, true);
  const auto domid = number(arguments[0]);
  if (!domid) return {};
  const auto uuid = frame.facts.schema.domains().uuid(frame.snapshot, *domid);
  if (!uuid) return {};
  const Fact<DomainRecord>& record = host->record(*domid, *uuid);
  if (!record.is_known()) return not_known(frame, record, kWhat);
  const auto value = record->find(std::string(frame.text_of(arguments[1])));
  if (value == record->end()) return unknown(frame, kWhat, "nobody looked", false);
  return value->second.is_known() ? text(*value->second) : not_known(frame, value->second, kWhat);
}

Value read_at(Frame& frame, const Value*) {
  const auto& time = frame.snapshot.info().time;
  return time ? Value::of(*time) : Value();
}

Value required(Frame& frame, const Value* arguments) {
  const std::vector<std::string>* const names = frame.facts.required;
  return Value::of(names != nullptr && std::find(names->begin(), names->end(),
                                                 frame.text_of(arguments[0])) != names->end());
}

}  // namespace

FunctionGroup host_functions() {
  constexpr Type::Kind integer_item = Type::Kind::integer;
  constexpr Type::Kind text_item = Type::Kind::text;
  return {
      "The host beside the store",
      {function("processes(argument)", {kText}, list_of(integer_item), processes,
                "The processes that have this among their arguments. Which arguments are searched "
                "for is said by the schema."),
       function("running(pid)", {kInteger}, kBoolean, running,
                "Whether there is such a process, and it has not ended."),
       function("started(pid)", {kInteger}, kInteger, started,
                "When it was started, in seconds since 1970."),
       function("executable(pid)", {kInteger}, kText, executable, "The file of its program."),
       function("arguments(pid)", {kInteger}, list_of(text_item), command_line,
                "Its command line, the program first. A process can change it."),
       function("uid(pid)", {kInteger}, kInteger, uid, "The user it runs as, by number."),
       function("uids(pid)", {kInteger}, list_of(integer_item), uids,
                "All that it is: the real user, the effective, the saved, and that for files."),
       function("gids(pid)", {kInteger}, list_of(integer_item), gids, "The groups, likewise."),
       function("groups(pid)", {kInteger}, list_of(integer_item), groups,
                "Its supplementary groups."),
       function("capabilities(pid)", {kInteger}, list_of(integer_item), capabilities,
                "The numbers of the capabilities that it has or can take."),
       function("odd_threads(pid)", {kInteger}, kInteger, odd_threads,
                "How many of its threads have other users, groups or capabilities than the first."),
       function("root_directory(pid)", {kInteger}, kText, root_directory,
                "The directory that it takes for `/`."),
       function("shares_namespace(pid, kind)", {kInteger, kText}, kBoolean, shares_namespace,
                "Whether it is in the same namespace (`mnt`, `ipc`, …) as the one that looked."),
       function("process_limit(pid, name)", {kInteger, kText}, kInteger, process_limit,
                "The hard limit of this name in `/proc/PID/limits`; null if it has none."),
       function("descriptors(pid)", {kInteger}, list_of(text_item), descriptors,
                "What it has open: files, and `socket:[…]`."),
       function("peers(pid)", {kInteger}, list_of(text_item), peers,
                "What the other ends of its Unix sockets are bound to."),
       function("user_id(name)", {kText}, kInteger, user_id,
                "The number of a user of the host; null if there is none."),
       function("users_of(uid)", {kInteger}, list_of(text_item), users_of,
                "The names of the users who have this number."),
       function("configured(domid, pointer)", {kInteger, kText}, kText, configured,
                "What the toolstack's own record of the domain has at a JSON pointer; null if "
                "nothing."),
       function("read_at()", {}, kInteger, read_at,
                "When the store was read, in seconds since 1970; null if that is not known."),
       function("required(name)", {kText}, kBoolean, required,
                "Whether the audit was told to insist on it: `dm-restrict` with "
                "`--require-dm-restrict`.")}};
}

}  // namespace xsaudit
