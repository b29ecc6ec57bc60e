#include "cli/host_helper.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/number_text.h"
#include "base/system_io.h"
#include "host/confine/confinement.h"
#include "host/facts/collect_in_child.h"
#include "host/facts/proc_filesystem.h"
#include "host/facts/process_record.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kHelperPlace = "processes of the host";
constexpr std::uint64_t kMaxQuestionBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{256} << 20;
// The additional time for the helper on a busy host, after its own time limit.
constexpr std::chrono::seconds kSlack{10};

// The header before each text.
struct Head {
  std::uint64_t number = 0;  // the number of the request
  std::uint64_t size = 0;
  std::uint64_t failed = 0;  // 1: the text is an error message
};

bool write_message(int descriptor, Head head, std::string_view text) {
  head.size = text.size();
  const std::string_view bytes(reinterpret_cast<const char*>(&head), sizeof head);
  return write_whole(descriptor, bytes) && write_whole(descriptor, text);
}

bool read_message(int descriptor, Head& head, std::string& text, std::uint64_t most,
                  Deadline deadline = {}) {
  if (!read_whole(descriptor, reinterpret_cast<char*>(&head), sizeof head, deadline)) return false;
  if (head.size > most) return false;
  text.resize(head.size);
  return read_whole(descriptor, text.data(), text.size(), deadline);
}

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

void serve_helper(int asked, int answer, const Schema& schema, std::chrono::seconds patience) {
  close_descriptors_but({std::min(asked, answer), std::max(asked, answer)});
  Head head;
  std::string text;
  while (read_message(asked, head, text, kMaxQuestionBytes)) {
    HostQuestions questions;
    questions.kernel = true;
    if (text != kKernelRequest) {
      const auto named = read_names(text);
      if (!named) break;
      questions = host_questions(schema, *named);
    }
    ProcFilesystem source;
    const auto record = collect_in_child(source, questions, patience);
    head.failed = record ? 0 : 1;
    if (!write_message(answer, head, record ? *record : record.error().message)) break;
  }
}

}  // namespace

Result<HostHelper> HostHelper::start(const Schema& schema, std::chrono::seconds patience) {
  XSAUDIT_ASSIGN(auto process,
                 ChildProcess::start(kHelperPlace, ChildProcess::End::killed_with_parent,
                                     [&](int asked, int answer) {
                                       serve_helper(asked, answer, schema, patience);
                                     }));
  return HostHelper(std::move(process), patience);
}

Result<HostFacts> HostHelper::ask(const NamedByStore& named) { return ask(write_names(named)); }

Result<HostFacts> HostHelper::ask_kernel() { return ask(std::string(kKernelRequest)); }

Result<HostFacts> HostHelper::ask(const std::string& request) {
  const auto now = Clock::now();
  // The number is also unique among the processes that send requests.
  Head question{.number = static_cast<std::uint64_t>(now.time_since_epoch().count())};
  Head head;
  std::string text;
  if (!write_message(process_.to.get(), question, request)) {
    return Error{kHelperPlace, "the process that reads them has ended", {}};
  }
  do {  // skips a late answer to an earlier request
    if (!read_message(process_.from.get(), head, text, kMaxAnswerBytes, now + patience_ + kSlack)) {
      return Error{kHelperPlace, "the process that reads them did not answer", {}};
    }
  } while (head.number != question.number);
  if (head.failed != 0) return Error{kHelperPlace, text, {}};
  return read_process_record(text, "host facts");
}

}  // namespace xsaudit
