#include "cli/deferred_snapshot.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "base/system_io.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

constexpr char kStore = 'S';
constexpr char kError = 'E';
constexpr const char* kLaterPlace = "live store";

// The whole life of the process.
[[noreturn]] void serve_later_look(int asked, int answer, const LiveOptions& options,
                                   const ConfinementChoice& confinement, HostLooker* host) {
  std::vector<int> keep = {asked, answer};
  if (host != nullptr) {
    for (const int descriptor : host->descriptors()) keep.push_back(descriptor);
  }
  Result<LiveStore> live = Error{};
  // What the kernel cannot do the program itself says.
  const bool confined = confinement.confine_child(
      std::move(keep), [&] { live = LiveStore::connect(options, confinement.user); });
  char letter = 0;
  if (!confined || !read_whole(asked, &letter, 1)) ::_exit(0);
  Progress unseen(-1, Progress::Clock::now);  // the first look may still be shown
  auto store = live ? live->read(unseen) : Result<Snapshot>(live.error());
  if (store && host != nullptr) host->look(*live, *store);
  write_whole(answer, store ? std::string(1, kStore) + write_recording(*store)
                            : std::string(1, kError) + store.error().message);
  ::_exit(0);
}

}  // namespace

Result<DeferredSnapshot> DeferredSnapshot::start(const LiveOptions& options,
                                                 const ConfinementChoice& confinement,
                                                 HostLooker* host) {
  int ask[2];
  int answer[2];
  if (::pipe2(ask, O_CLOEXEC) != 0) return system_error(kLaterPlace, "cannot make a pipe", errno);
  if (::pipe2(answer, O_CLOEXEC) != 0)
    return system_error(kLaterPlace, "cannot make a pipe", errno);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return system_error(kLaterPlace, "cannot start a process", errno);
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    serve_later_look(ask[0], answer[1], options, confinement, host);
  }
  ::close(ask[0]);
  ::close(answer[1]);
  return DeferredSnapshot(ask[1], answer[0]);
}

DeferredSnapshot::DeferredSnapshot(DeferredSnapshot&& other) noexcept
    : ask_(std::exchange(other.ask_, -1)), answer_(std::exchange(other.answer_, -1)) {}

DeferredSnapshot::~DeferredSnapshot() {
  if (ask_ >= 0) ::close(ask_);
  if (answer_ >= 0) ::close(answer_);
}

Result<Snapshot> DeferredSnapshot::take() {
  char letter = 0;
  if (!write_whole(ask_, "?") || !read_whole(answer_, &letter, 1)) {
    return Error{kLaterPlace, "the process of the second reading has ended", {}};
  }
  if (letter == kStore) return read_dump(answer_, "live");
  std::string message;
  while (message.size() < 1000 && read_whole(answer_, &letter, 1)) message += letter;
  return Error{kLaterPlace, message, {}};
}

}  // namespace xsaudit
