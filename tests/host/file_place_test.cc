// What another user of the host may have put in the way of a file that is about to be written.
#include "host/confine/file_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "host/confine/atomic_outputs.h"
#include "host/confine/lock_file.h"
#include "host/confine/log_sink.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

constexpr uid_t kAnother = 65534;
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

// A directory like /tmp, and another user who has been there. Only root can play it.
struct SharedDirectory {
  ScratchDirectory scratch;
  const std::string path = scratch / "shared";
  const std::string target = scratch.write("target", "kept");

  SharedDirectory() {
    REQUIRE(mkdir(path.c_str(), 0777) == 0);
    REQUIRE(chmod(path.c_str(), 01777) == 0);
  }
  std::string operator/(const std::string& name) const { return path + "/" + name; }

  std::string link(const std::string& name, const std::string& leads_to, uid_t owner) const {
    std::filesystem::create_symlink(leads_to, *this / name);
    REQUIRE(lchown((*this / name).c_str(), owner, owner) == 0);
    return *this / name;
  }
  std::string file(const std::string& name, mode_t mode, uid_t owner) const {
    std::string full = scratch.write("shared/" + name, "theirs\n");
    REQUIRE(chmod(full.c_str(), mode) == 0);
    REQUIRE(chown(full.c_str(), owner, owner) == 0);
    return full;
  }
  std::string fifo(const std::string& name, uid_t owner) const {
    REQUIRE(mkfifo((*this / name).c_str(), 0666) == 0);
    REQUIRE(chown((*this / name).c_str(), owner, owner) == 0);
    return *this / name;
  }
};

bool is_root() { return geteuid() == 0; }

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

Status replace(const std::string& path) {
  AtomicOutputs files;
  const auto file = files.open(path);
  if (!file) return file.error();
  if (Status started = files.start(); !started) return started;
  if (write(*file, "new", 3) != 3) return Error{path, "not written", {}};
  return files.commit();
}

}  // namespace

TEST_CASE("a symbolic link of another user is not followed, wherever on the way it stands") {
  if (!is_root()) return;
  const SharedDirectory shared;
  std::filesystem::create_directory(shared.scratch / "directory");
  const std::string direct = shared.link("direct", shared.target, kAnother);
  const std::string directory = shared.link("directory", shared.scratch / "directory", kAnother);
  const std::string chain = shared.link("chain", "direct", 0);
  const std::string dangling = shared.link("dangling", shared.scratch / "made", kAnother);
  for (const std::string& path : {direct, directory + "/report", chain, dangling}) {
    CAPTURE(path);
    const Status replaced = replace(path);
    REQUIRE_FALSE(replaced.ok());
    CHECK(replaced.error().message.find("belongs to user 65534") != std::string::npos);
    CHECK_FALSE(LogSink::file(path, kNow).ok());
    CHECK_FALSE(LockFile::take(path).ok());
  }
  CHECK(contents_of(shared.target) == "kept");
  CHECK_FALSE(std::filesystem::exists(shared.scratch / "made"));
  CHECK(std::filesystem::is_empty(shared.scratch / "directory"));
}

TEST_CASE("one's own links are followed, and another's where only root may make them") {
  if (!is_root()) return;
  const SharedDirectory shared;
  CHECK(replace(shared.link("own", shared.target, 0)).ok());
  CHECK(contents_of(shared.target) == "new");
  // As /dev/pts/0 belongs to who logged in: root has put it there.
  std::filesystem::create_symlink(shared.target, shared.scratch / "given");
  REQUIRE(lchown((shared.scratch / "given").c_str(), kAnother, kAnother) == 0);
  CHECK(replace(shared.scratch / "given").ok());
}

TEST_CASE(
    "a link in another user's own directory, or one that a group may write, is not followed") {
  if (!is_root()) return;
  const SharedDirectory shared;
  const std::string link = shared.link("link", shared.target, kAnother);
  for (const mode_t mode : {0755U, 0775U, 0777U, 01777U}) {
    CAPTURE(mode);
    REQUIRE(chmod(shared.path.c_str(), mode) == 0);
    REQUIRE(chown(shared.path.c_str(), mode == 0755 ? kAnother : 0, 0) == 0);
    CHECK_FALSE(replace(link).ok());
  }
}

TEST_CASE("a root-owned link that another user may have given a second name is not followed") {
  if (!is_root()) return;
  const SharedDirectory shared;
  std::filesystem::create_symlink(shared.target, shared.scratch / "of-root");
  if (::link((shared.scratch / "of-root").c_str(), (shared / "link").c_str()) != 0) return;
  const Status replaced = replace(shared / "link");
  REQUIRE_FALSE(replaced.ok());
  CHECK(replaced.error().message.find("has another name too") != std::string::npos);
}

TEST_CASE("a new report takes over no mode of another user's file") {
  if (!is_root()) return;
  const SharedDirectory shared;
  const mode_t mask = umask(022);
  const std::string theirs = shared.file("theirs", 0666, kAnother);
  const std::string own = shared.file("own", 0666, 0);
  const std::string second = shared.file("second", 0666, 0);
  std::filesystem::create_hard_link(second, shared.scratch / "first");
  for (const std::string& path : {theirs, own, second}) CHECK(replace(path).ok());
  umask(mask);
  CHECK(mode_of(theirs) == 0644);
  CHECK(mode_of(own) == 0666);
  CHECK(mode_of(second) == 0644);
  CHECK(contents_of(theirs) == "new");
}

TEST_CASE("another user's FIFO or device is refused at once, and one's own without a reader") {
  if (!is_root()) return;
  const SharedDirectory shared;
  const std::string theirs = shared.fifo("theirs", kAnother);
  const std::string own = shared.fifo("own", 0);
  for (const std::string& path : {theirs, own}) {
    CAPTURE(path);
    CHECK_FALSE(replace(path).ok());
    CHECK_FALSE(LogSink::file(path, kNow).ok());
    CHECK_FALSE(LockFile::take(path).ok());
  }
  const int reader = open(own.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  CHECK(replace(own).ok());
  char text[8] = {};
  CHECK(read(reader, text, sizeof text) == 3);
  close(reader);
}

TEST_CASE("nothing is added to a log of another user, and none is locked") {
  if (!is_root()) return;
  const SharedDirectory shared;
  const std::string theirs = shared.file("theirs", 0666, kAnother);
  CHECK_FALSE(LogSink::file(theirs, kNow).ok());
  CHECK_FALSE(LockFile::take(theirs).ok());
  CHECK(contents_of(theirs) == "theirs\n");
  const std::string own = shared.file("own", 0644, 0);
  CHECK(LogSink::file(own, kNow).ok());
  CHECK(LockFile::take(own).ok());
  CHECK(mode_of(own) == 0600);  // no one else may hold the lock from now on
}

TEST_CASE("an open descriptor is written to as it is") {
  const ScratchDirectory scratch;
  const std::string path = scratch.write("file", "before ");
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  REQUIRE(file >= 0);
  CHECK(replace("/proc/self/fd/" + std::to_string(file)).ok());
  close(file);
  CHECK(contents_of(path) == "before new");
}

TEST_CASE("a place is found through links, and every path that has none is an error") {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "a/b");
  std::filesystem::create_symlink("a/./b/../b", scratch / "short");
  std::filesystem::create_symlink("loop", scratch / "loop");
  const auto place = FilePlace::find(scratch / "short//report");
  REQUIRE(place.ok());
  CHECK(place->name() == "report");
  CHECK_FALSE(place->exists());
  const FileDescriptor made = place->create(O_WRONLY, 0600);
  REQUIRE(made.is_open());
  CHECK(std::filesystem::exists(scratch / "a/b/report"));
  for (const char* path : {"", "loop", "short", "short/", "a/..", ".", "a/b/report/x", "none/x"}) {
    CAPTURE(path);
    CHECK_FALSE(FilePlace::find(scratch / path).ok());
  }
}

TEST_CASE("what was exchanged since is not opened") {
  const ScratchDirectory scratch;
  const std::string path = scratch.write("file", "first");
  const auto place = FilePlace::find(path);
  REQUIRE(place.ok());
  scratch.write("other", "second");
  std::filesystem::rename(scratch / "other", path);
  CHECK_FALSE(place->open(O_WRONLY, path).ok());
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/dev/null", path);
  CHECK_FALSE(place->open(O_WRONLY, path).ok());
}

}  // namespace xsaudit
