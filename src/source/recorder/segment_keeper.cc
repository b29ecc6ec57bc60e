#include "source/recorder/segment_keeper.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/escape.h"
#include "base/system_io.h"
#include "host/confine/confinement.h"
#include "host/confine/file_place.h"
#include "source/recorder/segment_format.h"

namespace xsaudit {
namespace {

constexpr const char* kLock = "lock";
// The process of a recorder that was just stopped may still hold the lock.
constexpr int kLockTries = 40;
constexpr auto kLockPause = std::chrono::milliseconds(50);

// An order is one message: this, and the bytes to append.
struct Order {
  char what = 0;  // 'c' create, 'a' append, 'r' remove
  std::uint64_t id = 0;
  std::uint64_t number = 0;
};
struct Answer {
  std::uint64_t id = 0;
  int error = 0;  // an errno; 0: carried out
};
constexpr std::size_t kMostBytes = std::size_t{32} * 1024;
using Message = std::array<char, sizeof(Order) + kMostBytes>;

// The process that keeps the files, between fork() and _exit().
class Keeper {
 public:
  Keeper(int socket, int directory) : socket_(socket), directory_(directory) {}

  [[noreturn]] void serve() {
    static Message message;
    while (true) {
      const ssize_t size = ::recv(socket_, message.data(), message.size(), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size < static_cast<ssize_t>(sizeof(Order))) break;
      Order order;
      std::memcpy(&order, message.data(), sizeof order);
      const int previous = file_.get();
      const Answer answer{
          .id = order.id,
          .error = carry_out(order, {message.data() + sizeof order,
                                     static_cast<std::size_t>(size) - sizeof order})};
      ::send(socket_, &answer, sizeof answer, MSG_NOSIGNAL);
      if (order.what == 'c' && previous >= 0) ::fdatasync(previous);
      older_.close();
    }
    if (file_.is_open()) ::fdatasync(file_.get());
    ::_exit(0);
  }

 private:
  int carry_out(const Order& order, std::string_view bytes) {
    if (order.what == 'a') return write_whole(file_.get(), bytes) ? 0 : errno;
    const std::string name = segment_name(order.number);
    if (order.what == 'r') return ::unlinkat(directory_, name.c_str(), 0) == 0 ? 0 : errno;
    if (order.what != 'c') return EINVAL;
    older_ = std::move(file_);
    file_ = FileDescriptor(
        ::openat(directory_, name.c_str(),
                 O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600));
    return file_.is_open() ? 0 : errno;
  }

  const int socket_;
  const int directory_;
  FileDescriptor file_;
  FileDescriptor older_;  // the segment before, until it is on the disk
};

[[noreturn]] void run_keeper(int socket, int directory, int lock) {
  std::vector<int> keep = {socket, directory, lock};
  std::sort(keep.begin(), keep.end());
  close_descriptors_but(keep);
  if (!confine({.descriptors = keep, .directory = directory})) ::_exit(1);
  Keeper(socket, directory).serve();
}

Result<FileDescriptor> open_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error(folder, "cannot be made", errno);
  }
  XSAUDIT_ASSIGN(auto place, FilePlace::find(folder + '/' + kLock, FilePlace::LastLink::refuse));
  struct stat found {};
  if (::fstat(place.directory(), &found) != 0) {
    return system_error(folder, "cannot be examined", errno);
  }
  if ((found.st_uid != 0 && found.st_uid != ::geteuid()) ||
      (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error{escape_shortened(folder), "other users may write this folder",
                 "a recording is as private as the store: use a folder that only root may write"};
  }
  return place.take_directory();
}

Result<FileDescriptor> lock_folder(const std::string& folder, int directory) {
  FileDescriptor lock(
      ::openat(directory, kLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600));
  if (!lock.is_open()) return system_error(folder + '/' + kLock, "cannot be opened", errno);
  for (int tries = 1; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK) return system_error(folder + '/' + kLock, "cannot be locked", errno);
    if (tries == kLockTries) {
      return Error{escape_shortened(folder), "another recorder uses this folder", ""};
    }
    std::this_thread::sleep_for(kLockPause);
  }
  return lock;
}

}  // namespace

Status SegmentKeeper::list(int directory) {
  const int readable = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const entries = readable < 0 ? nullptr : ::fdopendir(readable);
  if (entries == nullptr) return system_error(folder_, "cannot be listed", errno);
  while (const dirent* const entry = ::readdir(entries)) {
    const auto number = parse_segment_name(entry->d_name);
    struct stat found {};
    if (!number || ::fstatat(directory, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const auto written = std::chrono::seconds(found.st_mtim.tv_sec);
    present_.push_back({.number = *number,
                        .bytes = static_cast<std::uint64_t>(found.st_size),
                        .written = Moment(written)});
  }
  ::closedir(entries);
  std::sort(present_.begin(), present_.end(), [](const SegmentFile& one, const SegmentFile& other) {
    return one.number < other.number;
  });
  return ok();
}

Result<std::unique_ptr<SegmentKeeper>> SegmentKeeper::start(const std::string& folder) {
  XSAUDIT_ASSIGN(const auto directory, open_folder(folder));
  XSAUDIT_ASSIGN(const auto lock, lock_folder(folder, directory.get()));
  std::unique_ptr<SegmentKeeper> keeper(new SegmentKeeper(folder));
  XSAUDIT_TRY(keeper->list(directory.get()));
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return system_error(folder, "no socket", errno);
  }
  keeper->socket_ = FileDescriptor(ends[0]);
  const FileDescriptor other(ends[1]);
  // Keys on the terminal end the program; its process then writes what it has received. A limit of
  // the size of files is an error of the call, not a signal.
  sigset_t all{};
  sigset_t before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t process = ::fork();
  if (process == 0) run_keeper(other.get(), directory.get(), lock.get());
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (process < 0) return system_error(folder, "cannot start a process", error);
  return keeper;
}

Status SegmentKeeper::create(std::uint64_t number) {
  current_ = number;
  return order('c', number, {}, "cannot be made");
}

Status SegmentKeeper::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMostBytes);
    XSAUDIT_TRY(order('a', current_, part, "cannot be written"));
    bytes.remove_prefix(part.size());
  }
  return ok();
}

Status SegmentKeeper::remove(std::uint64_t number) {
  return order('r', number, {}, "cannot be removed");
}

Status SegmentKeeper::order(char what, std::uint64_t number, std::string_view bytes,
                            const char* failed) {
  const std::string place = folder_ + '/' + segment_name(number);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const Order order{.what = what, .id = ++orders_, .number = number};
  std::string message(reinterpret_cast<const char*>(&order), sizeof order);
  message += bytes;
  while (::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      return Error{escape_shortened(place), "the process that writes it is gone", ""};
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{socket_.get(), POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) {
      return Error{escape_shortened(place), "the disk does not answer", ""};
    }
  }
  // An answer to an earlier order that came too late is not the one.
  Answer answer;
  while (answer.id != order.id) {
    if (!wait_to_read(socket_.get(), deadline)) {
      return Error{escape_shortened(place), "the disk does not answer", ""};
    }
    if (::recv(socket_.get(), &answer, sizeof answer, MSG_DONTWAIT) == 0) {
      return Error{escape_shortened(place), "the process that writes it is gone", ""};
    }
  }
  return answer.error == 0 ? ok() : Status(system_error(place, failed, answer.error));
}

}  // namespace xsaudit
