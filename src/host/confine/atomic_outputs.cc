#include "host/confine/atomic_outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <random>
#include <system_error>

#include "base/escape.h"
#include "base/system_io.h"
#include "host/confine/confinement.h"

namespace xsaudit {
namespace {

constexpr char kCommit = 'c';

// What the helper answers: which file could not be renamed, if any, and why.
struct Answer {
  std::size_t file = SIZE_MAX;
  int error = 0;
};
static_assert(sizeof(Answer) <= PIPE_BUF, "an answer is written whole");

// What open() would give a new file. The umask can only be read by setting it.
unsigned mode_of_new_file() {
  const mode_t mask = umask(077);
  umask(mask);
  return 0666U & ~mask;
}

// A new file in that directory, and its name; -1 and errno where none can be made. The name is not
// made from that of the report, which may be as long as a name can be.
int make_temporary(int directory, std::string& name) {
  constexpr int kAttempts = 100;
  std::random_device chance;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    name = ".xsaudit." + std::to_string(chance());
    const int descriptor =
        openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

template <typename Call>
ssize_t retried(Call call) {
  ssize_t result = -1;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

AtomicOutputs::~AtomicOutputs() {
  if (commands_ >= 0) close(commands_);
  if (answers_ >= 0) close(answers_);
  // A confined process may not wait; nor need it.
  if (helper_ > 0) retried([&] { return waitpid(helper_, nullptr, 0); });
  for (const File& file : files_) {
    close(file.descriptor);
    if (file.directory < 0) continue;
    if (helper_ <= 0) unlinkat(file.directory, file.temporary.c_str(), 0);
    close(file.directory);
  }
}

Result<int> AtomicOutputs::open(const std::string& path) {
  XSAUDIT_ASSIGN(auto place, FilePlace::find(path));
  if (place.exists() && (place.is_open_descriptor() || !place.is_regular())) {
    return open_as_it_is(path, place);
  }
  // Another user's file is replaced, but has no say in who may read or write the new one.
  const bool own =
      place.exists() && place.suspicion().empty() && place.existing()->st_uid == geteuid();
  return open_beside(path, place, own ? place.existing()->st_mode & 0777U : mode_of_new_file());
}

Result<int> AtomicOutputs::open_as_it_is(const std::string& path, const FilePlace& place) {
  if (!place.suspicion().empty()) {
    return Error{escape_shortened(path), place.suspicion(),
                 "a pipe or a device that another user may have made is not written to"};
  }
  // What the process has open as a file may have text of others in it.
  auto descriptor = place.open(O_WRONLY | O_APPEND, path);
  if (descriptor) {
    files_.push_back({.path = path, .descriptor = *descriptor, .temporary = {}, .name = {}});
  }
  return descriptor;
}

Result<int> AtomicOutputs::open_beside(const std::string& path, FilePlace& place, unsigned mode) {
  std::string temporary;
  const int descriptor = make_temporary(place.directory(), temporary);
  if (descriptor < 0 || fchmod(descriptor, mode) != 0) {
    const int error = errno;
    if (descriptor >= 0) {
      unlinkat(place.directory(), temporary.c_str(), 0);
      close(descriptor);
    }
    return system_error(path, "cannot be made", error);
  }
  files_.push_back({.path = path,
                    .descriptor = descriptor,
                    .directory = place.release_directory(),
                    .temporary = temporary,
                    .name = place.name()});
  return descriptor;
}

Status AtomicOutputs::start() {
  std::array<int, 2> commands{-1, -1};
  std::array<int, 2> answers{-1, -1};
  if (pipe2(commands.data(), O_CLOEXEC) != 0) return system_error("output files", "no pipe", errno);
  if (pipe2(answers.data(), O_CLOEXEC) != 0) {
    const int error = errno;
    close(commands[0]);
    close(commands[1]);
    return system_error("output files", "no pipe", error);
  }
  // The terminal's keys are meant for the one who writes, whose end is the helper's: it takes no
  // signal, from its first moment on.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  helper_ = fork();
  if (helper_ == 0) help(commands[0], answers[1]);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close(commands[0]);
  close(answers[1]);
  commands_ = commands[1];
  answers_ = answers[0];
  if (helper_ < 0) return system_error("output files", "no helper process", error);
  return ok();
}

std::vector<int> AtomicOutputs::descriptors() const {
  std::vector<int> descriptors;
  for (const File& file : files_) descriptors.push_back(file.descriptor);
  if (helper_ > 0) descriptors.insert(descriptors.end(), {commands_, answers_});
  return descriptors;
}

Status AtomicOutputs::commit() {
  for (const File& file : files_) {
    // A disk may say only now that it is full. Pipes and terminals have nothing to say (EINVAL).
    if (fsync(file.descriptor) != 0 && errno != EINVAL && errno != EROFS) {
      return system_error(file.path, "cannot be written", errno);
    }
  }
  // The helper may be gone, killed by somebody.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  const ssize_t told = retried([&] { return write(commands_, &kCommit, 1); });
  sigaction(SIGPIPE, &before, nullptr);

  Answer answer;
  if (told != 1 || retried([&] { return read(answers_, &answer, sizeof answer); }) !=
                       static_cast<ssize_t>(sizeof answer)) {
    return Error{"output files", "the process that should replace them is gone", {}};
  }
  if (answer.file < files_.size()) {
    return system_error(files_[answer.file].path, "cannot be replaced", answer.error);
  }
  return ok();
}

// The whole life of the helper, between fork() and _exit().
void AtomicOutputs::help(int commands, int answers) const {
  std::vector<int> keep = {commands, answers};
  for (const File& file : files_) {
    if (file.directory >= 0) keep.push_back(file.directory);
  }
  std::sort(keep.begin(), keep.end());
  close_descriptors_but(keep);

  char command = 0;
  const bool commit =
      retried([&] { return read(commands, &command, 1); }) == 1 && command == kCommit;
  Answer answer;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (file.directory < 0) continue;
    const char* temporary = file.temporary.c_str();
    if (commit && renameat(file.directory, temporary, file.directory, file.name.c_str()) == 0) {
      continue;
    }
    if (commit && answer.file == SIZE_MAX) answer = {.file = i, .error = errno};
    unlinkat(file.directory, temporary, 0);
  }
  if (commit) {
    const ssize_t written = write(answers, &answer, sizeof answer);
    _exit(written == static_cast<ssize_t>(sizeof answer) ? 0 : 1);
  }
  _exit(0);
}

}  // namespace xsaudit
