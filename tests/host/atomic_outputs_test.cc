#include "host/confine/atomic_outputs.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "host/confine/confinement.h"
#include "support/child_process.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

void put(int descriptor, const std::string& text) {
  REQUIRE(write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode;
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The helper of a process that was killed cleans up on its own.
bool becomes_empty(const std::string& directory) {
  for (int i = 0; i < 1000; ++i) {
    if (names_in(directory).empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("a file is replaced whole when it is committed, not before") {
  ScratchDirectory directory;
  const std::string path = directory.write("report", "the old one, longer than the new one");
  chmod(path.c_str(), 0640);
  const mode_t mask = umask(027);
  AtomicOutputs files;
  const Result<int> old_file = files.open(path);
  const Result<int> new_file = files.open(directory / "new");
  umask(mask);
  REQUIRE(old_file.ok());
  REQUIRE(new_file.ok());
  REQUIRE(files.start().ok());
  put(*old_file, "the new one");
  put(*new_file, "another");
  CHECK(contents_of(path) == "the old one, longer than the new one");
  CHECK_FALSE(std::filesystem::exists(directory / "new"));

  REQUIRE(files.commit().ok());
  CHECK(contents_of(path) == "the new one");
  CHECK(contents_of(directory / "new") == "another");
  CHECK((mode_of(path) & 07777U) == 0640);
  CHECK((mode_of(directory / "new") & 07777U) == 0640);
  CHECK(names_in(directory.path()) == std::vector<std::string>{"new", "report"});
}

TEST_CASE("without a commit everything is as it was") {
  ScratchDirectory directory;
  const std::string path = directory.write("report", "old");
  const bool started = GENERATE(true, false);
  {
    AtomicOutputs files;
    const Result<int> file = files.open(path);
    REQUIRE(file.ok());
    if (started) REQUIRE(files.start().ok());
    put(*file, "new");
  }
  CHECK(contents_of(path) == "old");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"report"});
}

TEST_CASE("a confined process that gave up its uid replaces files") {
  ScratchDirectory directory;
  const std::string path = directory.write("report", "old");
  const std::string user = geteuid() == 0 ? "nobody" : "";
  const ChildResult child = run_in_child([&](int report) {
    AtomicOutputs files;
    const Result<int> file = files.open(path);
    if (!file || !files.start()) return 1;
    std::vector<int> kept = files.descriptors();
    kept.push_back(report);
    const auto confinement = confine({.descriptors = kept, .user = user});
    if (!confinement || !confinement->missing().empty()) return 2;
    if (write(*file, "new", 3) != 3) return 3;
    if (!files.commit()) return 4;
    return 0;
  });
  CHECK(exited_with(child, 0));
  CHECK(contents_of(path) == "new");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"report"});
}

TEST_CASE("a process that is killed leaves nothing behind") {
  ScratchDirectory directory;
  const ChildResult child = run_in_child([&](int) {
    AtomicOutputs files;
    if (!files.open(directory / "report") || !files.start()) return 1;
    std::raise(SIGKILL);
    return 2;
  });
  CHECK(WIFSIGNALED(child.status));
  CHECK(becomes_empty(directory.path()));
}

TEST_CASE("the keys that interrupt the writer do not interrupt the helper") {
  ScratchDirectory directory;
  const ChildResult child = run_in_child([&](int) {
    setpgid(0, 0);
    AtomicOutputs files;
    const Result<int> file = files.open(directory / "report");
    if (!file || !files.start()) return 1;
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    kill(0, SIGINT);
    kill(0, SIGTERM);
    return files.commit() ? 0 : 2;
  });
  CHECK(exited_with(child, 0));
  CHECK(std::filesystem::exists(directory / "report"));
}

TEST_CASE("what is no regular file is written to, not replaced") {
  ScratchDirectory directory;
  AtomicOutputs files;
  // Not /dev/null itself: were it replaced, the machine would lose it.
  const std::string device = directory / "device";
  REQUIRE(mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0);
  const Result<int> null = files.open(device);
  REQUIRE(null.ok());
  REQUIRE(files.start().ok());
  put(*null, "anything");
  CHECK(files.commit().ok());
  CHECK(S_ISCHR(mode_of(device)));
}

TEST_CASE("a symbolic link stays one, and what it leads to is replaced") {
  ScratchDirectory directory;
  const std::string path = directory.write("below/report", "old");
  std::filesystem::create_symlink("below/report", directory / "link");
  AtomicOutputs files;
  const Result<int> file = files.open(directory / "link");
  REQUIRE(file.ok());
  REQUIRE(files.start().ok());
  put(*file, "new");
  REQUIRE(files.commit().ok());
  CHECK(S_ISLNK(mode_of(directory / "link")));
  CHECK(contents_of(path) == "new");
}

TEST_CASE("a file that cannot be replaced is named, and the others are") {
  ScratchDirectory directory;
  AtomicOutputs files;
  const Result<int> bad = files.open(directory / "bad");
  const Result<int> good = files.open(directory / "good");
  REQUIRE(bad.ok());
  REQUIRE(good.ok());
  REQUIRE(files.start().ok());
  std::filesystem::create_directories(directory / "bad/not-empty");
  const Status committed = files.commit();
  REQUIRE_FALSE(committed.ok());
  CHECK(committed.error().place == directory / "bad");
  CHECK(committed.error().message == "cannot be replaced: Is a directory");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"bad", "good"});
}

TEST_CASE("a helper that is gone is an error") {
  ScratchDirectory directory;
  const ChildResult child = run_in_child([&](int) {
    AtomicOutputs files;
    if (!files.open(directory / "report") || !files.start()) return 1;
    const std::string own = "/proc/self/task/" + std::to_string(getpid()) + "/children";
    const pid_t helper = std::stoi(contents_of(own));
    kill(helper, SIGKILL);
    waitpid(helper, nullptr, 0);
    const Status committed = files.commit();
    return !committed.ok() ? 0 : 2;
  });
  CHECK(exited_with(child, 0));
}

TEST_CASE("a place that cannot be written is an error from the start") {
  ScratchDirectory directory;
  AtomicOutputs files;
  const Result<int> nowhere = files.open(directory / "no/such/report");
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().place == directory / "no/such/report");
  CHECK_FALSE(files.open(directory.path()).ok());
  CHECK_FALSE(files.open(directory / "new/").ok());
  CHECK(names_in(directory.path()).empty());
}

}  // namespace xsaudit
