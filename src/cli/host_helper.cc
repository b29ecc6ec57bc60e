#include "cli/host_helper.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/number_text.h"
#include "host/confine/confinement.h"
#include "host/facts/collect_in_child.h"
#include "host/facts/proc_filesystem.h"
#include "host/facts/process_record.h"

namespace xsaudit {
namespace {

constexpr const char* kHelperPlace = "processes of the host";

// The request for nothing but the kernel's view.
constexpr std::string_view kKernelRequest = "kernel\n";

// Any other request as lines: "pid 4711", "uid 70001", "domain 5" and the domain's UUID, if it has
// one.
std::string write_names(const NamedByStore& named) {
  std::string text;
  for (const Pid pid : named.pids) text += "pid " + std::to_string(pid) + "\n";
  for (const std::uint32_t uid : named.uids) text += "uid " + std::to_string(uid) + "\n";
  for (const NamedByStore::Domain& domain : named.domains) {
    text += "domain " + std::to_string(domain.domid) + " " + domain.uuid + "\n";
  }
  return text;
}

bool read_name(std::string_view line, NamedByStore& named) {
  const std::string_view kind = line.substr(0, std::min(line.find(' '), line.size()));
  line.remove_prefix(std::min(kind.size() + 1, line.size()));
  std::uint32_t number = 0;
  if (!take_number(line, number)) return false;
  if (kind == "pid" && line.empty()) {
    named.pids.push_back(number);
  } else if (kind == "uid" && line.empty()) {
    named.uids.push_back(number);
  } else if (kind == "domain" && line.starts_with(' ')) {
    named.domains.push_back({.domid = number, .uuid = std::string(line.substr(1))});
  } else {
    return false;
  }
  return true;
}

std::optional<NamedByStore> read_names(std::string_view text) {
  NamedByStore named;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !read_name(text.substr(0, end), named)) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return named;
}

Result<std::string> answer(const Schema& schema, std::chrono::seconds patience,
                           const std::string& request) {
  HostQuestions questions;
  questions.kernel = true;
  if (request != kKernelRequest) {
    const auto named = read_names(request);
    if (!named) return Error{kHelperPlace, "the request is not valid", {}};
    questions = host_questions(schema, *named);
  }
  ProcFilesystem source;
  return collect_in_child(source, questions, patience);
}

}  // namespace

Result<HostHelper> HostHelper::start(const Schema& schema, std::chrono::seconds patience) {
  XSAUDIT_ASSIGN(auto process, HelperProcess::start(kHelperPlace, patience, [&](int from, int to) {
                   close_descriptors_but({std::min(from, to), std::max(from, to)});
                   return [&schema, patience](const std::string& request) {
                     return answer(schema, patience, request);
                   };
                 }));
  return HostHelper(std::move(process));
}

Result<HostFacts> HostHelper::ask(const NamedByStore& named) { return ask(write_names(named)); }

Result<HostFacts> HostHelper::ask_kernel() { return ask(std::string(kKernelRequest)); }

Result<HostFacts> HostHelper::ask(const std::string& request) {
  XSAUDIT_ASSIGN(const auto text, process_.ask(request));
  return read_process_record(text, "host facts");
}

}  // namespace xsaudit
