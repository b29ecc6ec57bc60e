#include "cli/helper_process.h"

#include <cstdint>
#include <string_view>

#include "base/system_io.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

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

void serve(int from, int to, const HelperProcess::Answer& answer) {
  Head head;
  std::string request;
  while (read_message(from, head, request, kMaxQuestionBytes)) {
    const Result<std::string> text = answer(request);
    head.failed = text ? 0 : 1;
    if (!write_message(to, head, text ? *text : text.error().message)) return;
  }
}

}  // namespace

Result<HelperProcess> HelperProcess::start(const std::string& place, std::chrono::seconds patience,
                                           const std::function<Answer(int from, int to)>& prepare,
                                           ChildProcess::End end) {
  XSAUDIT_ASSIGN(auto process, ChildProcess::start(place, end, [&](int from, int to) {
                   serve(from, to, prepare(from, to));
                 }));
  return HelperProcess(place, std::move(process), patience);
}

Result<std::string> HelperProcess::ask(const std::string& request) {
  const auto now = Clock::now();
  // The number is also unique among the processes that send requests.
  Head question{.number = static_cast<std::uint64_t>(now.time_since_epoch().count())};
  Head head;
  std::string text;
  if (!write_message(process_.to.get(), question, request)) {
    answers_ = false;
    return Error{place_, "the process for it has ended", {}};
  }
  do {  // skips a late answer to an earlier request
    if (!read_message(process_.from.get(), head, text, kMaxAnswerBytes, now + patience_ + kSlack)) {
      answers_ = false;
      return Error{place_, "the process for it did not answer", {}};
    }
  } while (head.number != question.number);
  if (head.failed != 0) return Error{place_, text, {}};
  return text;
}

}  // namespace xsaudit
