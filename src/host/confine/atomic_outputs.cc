#include "host/confine/atomic_outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <system_error>

#include "base/escape.h"
#include "base/system_io.h"
#include "host/confine/confinement.h"

namespace xsaudit {
namespace {

constexpr char kCommit = 'c';

// The helper's answer: the file that could not be renamed, if any, and the reason.
struct Answer {
  std::size_t file = SIZE_MAX;
  int error = 0;
};
static_assert(sizeof(Answer) <= PIPE_BUF, "an answer is written at once");

}  // namespace

AtomicOutputs::~AtomicOutputs() {
  helper_.to.close();
  helper_.from.close();
  // A confined process may not wait for a child, and need not.
  if (helper_.process > 0) {
    wait_for_end(helper_.process);
    return;
  }
  for (const File& file : files_) {
    if (file.is_to_be_replaced()) unlinkat(file.directory.get(), file.temporary.c_str(), 0);
  }
}

Result<int> AtomicOutputs::open(const std::string& path) {
  XSAUDIT_ASSIGN(auto place, FilePlace::find(path));
  if (place.exists() && (place.is_open_descriptor() || !place.is_regular())) {
    return open_as_it_is(path, place);
  }
  return open_beside(path, place);
}

Result<int> AtomicOutputs::open_as_it_is(const std::string& path, const FilePlace& place) {
  if (!place.suspicion().empty()) {
    return Error{escape_shortened(path), place.suspicion(),
                 "a pipe or a device that another user may have made is not written to"};
  }
  // A file that is open in the process may already have other text in it.
  XSAUDIT_ASSIGN(auto descriptor, place.open(O_WRONLY | O_APPEND, path));
  files_.push_back({.path = path,
                    .descriptor = std::move(descriptor),
                    .directory = {},
                    .temporary = {},
                    .name = {}});
  return files_.back().descriptor.get();
}

Result<int> AtomicOutputs::open_beside(const std::string& path, FilePlace& place) {
  std::string temporary;
  FileDescriptor descriptor = place.create_temporary(temporary);
  if (!descriptor.is_open() || fchmod(descriptor.get(), place.mode_of_replacement()) != 0) {
    const int error = errno;
    if (descriptor.is_open()) unlinkat(place.directory(), temporary.c_str(), 0);
    return system_error(path, "cannot be made", error);
  }
  files_.push_back({.path = path,
                    .descriptor = std::move(descriptor),
                    .directory = place.take_directory(),
                    .temporary = temporary,
                    .name = place.name()});
  return files_.back().descriptor.get();
}

Status AtomicOutputs::start() {
  // Keys on the terminal must end the writer, not the helper, which must then remove the files. So
  // the helper blocks signals from its start on.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  auto helper = ChildProcess::start("output files", ChildProcess::End::at_end_of_input,
                                    [&](int commands, int answers) { help(commands, answers); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  XSAUDIT_TRY(helper);
  helper_ = *std::move(helper);
  return ok();
}

std::vector<int> AtomicOutputs::descriptors() const {
  std::vector<int> descriptors;
  for (const File& file : files_) descriptors.push_back(file.descriptor.get());
  if (helper_.process > 0) {
    for (const int descriptor : helper_.descriptors()) descriptors.push_back(descriptor);
  }
  return descriptors;
}

Status AtomicOutputs::commit() {
  for (const File& file : files_) {
    // A full disk may be reported only now. Pipes and terminals return EINVAL.
    if (fsync(file.descriptor.get()) != 0 && errno != EINVAL && errno != EROFS) {
      return system_error(file.path, "cannot be written", errno);
    }
  }
  // The helper may have been killed.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  const bool ordered = write_whole(helper_.to.get(), {&kCommit, 1});
  sigaction(SIGPIPE, &before, nullptr);

  Answer answer;
  if (!ordered ||
      !read_whole(helper_.from.get(), reinterpret_cast<char*>(&answer), sizeof answer)) {
    return Error{"output files", "the process that should replace them is gone", {}};
  }
  if (answer.file < files_.size()) {
    return system_error(files_[answer.file].path, "cannot be replaced", answer.error);
  }
  return ok();
}

// The main function of the helper, between fork() and _exit().
void AtomicOutputs::help(int commands, int answers) const {
  std::vector<int> keep = {commands, answers};
  for (const File& file : files_) {
    if (file.is_to_be_replaced()) keep.push_back(file.directory.get());
  }
  std::sort(keep.begin(), keep.end());
  close_descriptors_but(keep);

  char command = 0;
  const bool commit = read_whole(commands, &command, 1) && command == kCommit;
  Answer answer;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (!file.is_to_be_replaced()) continue;
    const int directory = file.directory.get();
    const char* temporary = file.temporary.c_str();
    if (commit && renameat(directory, temporary, directory, file.name.c_str()) == 0) {
      continue;
    }
    if (commit && answer.file == SIZE_MAX) answer = {.file = i, .error = errno};
    unlinkat(directory, temporary, 0);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(&answer), sizeof answer);
  _exit(!commit || write_whole(answers, bytes) ? 0 : 1);
}

}  // namespace xsaudit
