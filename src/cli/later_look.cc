#include "cli/later_look.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "host/system_error.h"
#include "source/dump_reader.h"
#include "source/recording.h"

namespace xsaudit {
namespace {

constexpr char kStore = 'S';
constexpr char kError = 'E';
constexpr const char* kPlace = "live store";

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// One byte; false at the end.
bool read_letter(int descriptor, char& letter) {
  ssize_t count = 0;
  do count = ::read(descriptor, &letter, 1);
  while (count < 0 && errno == EINTR);
  return count == 1;
}

[[noreturn]] void serve(int asked, int answer, const LiveOptions& options,
                        const std::function<void(Snapshot&)>& look) {
  char letter = 0;
  if (read_letter(asked, letter)) {
    Progress unseen(-1, Progress::Clock::now);  // the first look may still be shown
    auto store = read_live_store(options, unseen);
    if (store && look) look(*store);
    write_all(answer, store ? std::string(1, kStore) + write_recording(*store)
                            : std::string(1, kError) + store.error().message);
  }
  ::_exit(0);
}

}  // namespace

Result<LaterLook> LaterLook::start(const LiveOptions& options,
                                   const std::function<void(Snapshot&)>& look) {
  int ask[2];
  int answer[2];
  if (::pipe2(ask, O_CLOEXEC) != 0) return system_error(kPlace, "cannot make a pipe", errno);
  if (::pipe2(answer, O_CLOEXEC) != 0) return system_error(kPlace, "cannot make a pipe", errno);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return system_error(kPlace, "cannot start a process", errno);
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    ::close(ask[1]);
    ::close(answer[0]);
    serve(ask[0], answer[1], options, look);
  }
  ::close(ask[0]);
  ::close(answer[1]);
  return LaterLook(ask[1], answer[0]);
}

LaterLook::LaterLook(LaterLook&& other) noexcept
    : ask_(std::exchange(other.ask_, -1)), answer_(std::exchange(other.answer_, -1)) {}

LaterLook::~LaterLook() {
  if (ask_ >= 0) ::close(ask_);
  if (answer_ >= 0) ::close(answer_);
}

Result<Snapshot> LaterLook::take() {
  char letter = 0;
  if (!write_all(ask_, "?") || !read_letter(answer_, letter)) {
    return Error{kPlace, "the process that was to look at it again has ended", {}};
  }
  if (letter == kStore) return read_dump(answer_, "live");
  std::string message;
  while (message.size() < 1000 && read_letter(answer_, letter)) message += letter;
  return Error{kPlace, message, {}};
}

}  // namespace xsaudit
