// Functions over the processes of the host: their credentials, rights and open files.
#include <algorithm>
#include <array>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"
#include "rules/functions/host_answer.h"

namespace xsaudit {
namespace {

using namespace host_answer;

// The value of `member` of a process; `nothing` if there is no such process, or the member is
// absent.
template <typename T, typename ToValue>
Value of_process(EvalContext& context, const Value& pid, const Fact<T>& (*member)(const Process&),
                 const char* what, ToValue to_value, Value nothing = {}) {
  if (context.facts.host == nullptr) return nothing_recorded(context, what);
  const auto known = number(pid);
  if (!known) return nothing;
  const Fact<Process>& process = context.facts.host->process(*known);
  if (!process.is_known()) return not_known(context, process, what, nothing);
  const Fact<T>& fact = member(*process);
  return fact.is_known() ? to_value(*fact) : not_known(context, fact, what, nothing);
}

Value running(EvalContext& context, const Value* arguments) {
  return of_process<std::string>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.state; },
      "whether there is such a process is not known",
      // Ended, and not yet waited for.
      [](const std::string& state) { return Value::of(state != "Z" && state != "X"); },
      Value::of(false));
}

Value started(EvalContext& context, const Value* arguments) {
  return of_process<std::uint64_t>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.started; },
      "when the process was started is not known", integer);
}

Value executable(EvalContext& context, const Value* arguments) {
  return of_process<std::string>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.executable; },
      "the process's program is not known", text);
}

Value command_line(EvalContext& context, const Value* arguments) {
  return of_process<std::vector<std::string>>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.arguments; },
      "the process's command line is not known",
      [&](const std::vector<std::string>& all) { return list_value(context, all, text); },
      kNoItems);
}

Value four(EvalContext& context, const Ids& ids) {
  return list_value(context, std::array{ids.real, ids.effective, ids.saved, ids.filesystem},
                    integer);
}

Value uids(EvalContext& context, const Value* arguments) {
  return of_process<Ids>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.credentials.uids; },
      "the users it runs as are not known", [&](const Ids& ids) { return four(context, ids); },
      kNoItems);
}

Value uid(EvalContext& context, const Value* arguments) {
  return of_process<Ids>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.credentials.uids; },
      "the users it runs as are not known", [](const Ids& ids) { return integer(ids.effective); });
}

Value gids(EvalContext& context, const Value* arguments) {
  return of_process<Ids>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.credentials.gids; },
      "the groups it runs as are not known", [&](const Ids& ids) { return four(context, ids); },
      kNoItems);
}

Value groups(EvalContext& context, const Value* arguments) {
  return of_process<std::vector<std::uint32_t>>(
      context, arguments[0],
      [](const Process& one) -> const auto& { return one.credentials.groups; },
      "the groups it belongs to are not known",
      [&](const std::vector<std::uint32_t>& all) { return list_value(context, all, integer); },
      kNoItems);
}

Value capabilities(EvalContext& context, const Value* arguments) {
  const auto to_value = [&](const Capabilities& all) {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t bit = 0; bit < 64; ++bit) {
      if (((all.permitted | all.effective | all.ambient) >> bit & 1U) != 0) numbers.push_back(bit);
    }
    return list_value(context, numbers, integer);
  };
  return of_process<Capabilities>(
      context, arguments[0],
      [](const Process& one) -> const auto& { return one.credentials.capabilities; },
      "its capabilities are not known", to_value, kNoItems);
}

Value threads_with_other_credentials(EvalContext& context, const Value* arguments) {
  return of_process<std::uint32_t>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.other_threads; },
      "the credentials of its other threads are not known", integer);
}

Value root_directory(EvalContext& context, const Value* arguments) {
  return of_process<std::string>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.root; },
      "its root directory is not known", text);
}

Value shares_namespace(EvalContext& context, const Value* arguments) {
  const std::string_view kind = context.text_of(arguments[1]);
  const auto to_value = [&](const std::vector<Namespace>& all) {
    for (const Namespace& one : all) {
      if (one.kind != kind) continue;
      return one.ours.is_known() ? Value::of(*one.ours)
                                 : not_known(context, one.ours, "its namespaces are not known");
    }
    return Value();
  };
  return of_process<std::vector<Namespace>>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.namespaces; },
      "its namespaces are not known", to_value);
}

Value process_limit(EvalContext& context, const Value* arguments) {
  const std::string_view name = context.text_of(arguments[1]);
  const auto to_value = [&](const std::vector<Limit>& all) {
    for (const Limit& one : all) {
      if (one.name == name && one.hard) return integer(*one.hard);
    }
    return Value();
  };
  return of_process<std::vector<Limit>>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.limits; },
      "its limits are not known", to_value);
}

Value descriptors(EvalContext& context, const Value* arguments) {
  const auto to_value = [&](const std::vector<Descriptor>& all) {
    return list_value(context, all, [](const Descriptor& one) { return text(one.target); });
  };
  return of_process<std::vector<Descriptor>>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.descriptors; },
      "its open files are not known", to_value, kNoItems);
}

Value socket_peers(EvalContext& context, const Value* arguments) {
  constexpr const char* kWhat = "the peers of its sockets are not known";
  const auto to_value = [&](const std::vector<Descriptor>& all) {
    std::vector<const std::string*> names;
    const Unknown* gap = nullptr;
    for (const Descriptor& one : all) {
      if (one.peer.is_unknown()) gap = not_known(context, one.peer, kWhat).unknown;
      if (one.peer.is_known() && !one.peer->empty()) names.push_back(&*one.peer);
    }
    return list_value(
        context, names, [](const std::string* name) { return text(*name); }, gap);
  };
  return of_process<std::vector<Descriptor>>(
      context, arguments[0], [](const Process& one) -> const auto& { return one.descriptors; },
      kWhat, to_value, kNoItems);
}

// Processes with an unknown command line may have it, too.
Value processes(EvalContext& context, const Value* arguments) {
  constexpr const char* kWhat = "the list of processes is not known";
  const HostFacts* const host = context.facts.host;
  if (host == nullptr) return nothing_recorded(context, kWhat);
  const std::string argument(context.text_of(arguments[0]));
  for (const auto& [wanted, found] : host->searches) {
    if (std::find(wanted.begin(), wanted.end(), argument) == wanted.end()) continue;
    if (!found.is_known()) return not_known(context, found, kWhat, kNoItems);
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
        gap = unknown(context, "a process's command line is not known", why, false).unknown;
      } else if (std::find(process->arguments->begin(), process->arguments->end(), argument) !=
                 process->arguments->end()) {
        pids.push_back(pid);
      }
    }
    return list_value(context, pids, integer, gap);
  }
  return unknown(context, kWhat, "it was not examined", false);
}

}  // namespace

FunctionGroup process_functions() {
  constexpr Type::Kind integer_item = Type::Kind::integer;
  constexpr Type::Kind text_item = Type::Kind::text;
  return {
      "Processes of the host",
      {function("processes(argument)", {kText}, list_of(integer_item), processes,
                "The processes that have this among their arguments. Which arguments are searched "
                "for is defined by the schema."),
       function("running(pid)", {kInteger}, kBoolean, running,
                "Whether there is such a process, and it has not ended."),
       function("started(pid)", {kInteger}, kInteger, started,
                "When it was started, in seconds since 1970."),
       function("executable(pid)", {kInteger}, kText, executable, "The path of its program."),
       function("arguments(pid)", {kInteger}, list_of(text_item), command_line,
                "Its command line, the program first. A process can change it."),
       function("uid(pid)", {kInteger}, kInteger, uid, "Its effective user id."),
       function("uids(pid)", {kInteger}, list_of(integer_item), uids,
                "Its real, effective, saved and filesystem user ids."),
       function("gids(pid)", {kInteger}, list_of(integer_item), gids,
                "Its real, effective, saved and filesystem group ids."),
       function("groups(pid)", {kInteger}, list_of(integer_item), groups,
                "Its supplementary groups."),
       function("capabilities(pid)", {kInteger}, list_of(integer_item), capabilities,
                "The numbers of the capabilities that it has or can take."),
       function("threads_with_other_credentials(pid)", {kInteger}, kInteger,
                threads_with_other_credentials,
                "How many of its threads have other users, groups or capabilities than the first."),
       function("root_directory(pid)", {kInteger}, kText, root_directory,
                "Its root directory (`chroot`)."),
       function(
           "shares_namespace(pid, kind)", {kInteger, kText}, kBoolean, shares_namespace,
           "Whether it is in the same namespace (`mnt`, `ipc`, …) as the process that read it."),
       function("process_limit(pid, name)", {kInteger, kText}, kInteger, process_limit,
                "The hard limit of this name in `/proc/PID/limits`; null if it has none."),
       function("descriptors(pid)", {kInteger}, list_of(text_item), descriptors,
                "Its open files and sockets (`socket:[…]`)."),
       function("socket_peers(pid)", {kInteger}, list_of(text_item), socket_peers,
                "The addresses of the peers of its Unix sockets.")}};
}

}  // namespace xsaudit
