// The folder of a flight recorder, and the process that keeps its files.
#include "source/recorder/segment_keeper.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sched.h>
#include <catch2/catch.hpp>
#include <filesystem>

#include "source/recorder/segment_format.h"
#include "support/child_process.h"
#include "support/own_mounts.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

namespace fs = std::filesystem;

std::string error_of(const Status& status) { return status ? "" : status.error().text(); }

std::string refusal(const std::string& folder) {
  const auto keeper = SegmentKeeper::start(folder);
  return keeper ? "" : keeper.error().text();
}

}  // namespace

TEST_CASE("segments are made, written and removed, open to their owner only") {
  ScratchDirectory scratch;
  const std::string folder = scratch / "recorder";
  std::string large;
  for (int i = 0; large.size() < 300'000; ++i) large += std::to_string(i);
  {
    const auto keeper = SegmentKeeper::start(folder);
    REQUIRE(keeper);
    CHECK((*keeper)->present().empty());
    CHECK(error_of((*keeper)->append("x")).find("cannot be written") != std::string::npos);
    REQUIRE((*keeper)->create(1));
    REQUIRE((*keeper)->append("one"));
    REQUIRE((*keeper)->append(large));
    REQUIRE((*keeper)->create(12));
    REQUIRE((*keeper)->append("two"));
    CHECK(error_of((*keeper)->create(1)).find("File exists") != std::string::npos);
    CHECK(error_of((*keeper)->remove(7)).find("No such file") != std::string::npos);
    REQUIRE((*keeper)->create(13));
    REQUIRE((*keeper)->remove(13));
    CHECK(refusal(folder).find("another recorder uses this folder") != std::string::npos);
  }
  CHECK(contents_of(folder + "/" + segment_name(1)) == "one" + large);
  CHECK(contents_of(folder + "/" + segment_name(12)) == "two");
  CHECK_FALSE(fs::exists(folder + "/" + segment_name(13)));
  struct stat status {};
  REQUIRE(::stat((folder + "/" + segment_name(1)).c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(::stat(folder.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  // The next one finds them, as soon as the process of the first has ended.
  const auto again = SegmentKeeper::start(folder);
  REQUIRE(again);
  REQUIRE((*again)->present().size() == 2);
  CHECK((*again)->present()[0].number == 1);
  CHECK((*again)->present()[0].bytes == 3 + large.size());
  CHECK((*again)->present()[1].number == 12);
}

TEST_CASE("a folder that others may write is refused, and links of others are not followed") {
  ScratchDirectory scratch;
  const std::string folder = scratch / "recorder";
  fs::create_directory(folder);
  for (const int mode : {0777, 0770, 01777}) {
    REQUIRE(::chmod(folder.c_str(), static_cast<mode_t>(mode)) == 0);
    CHECK(refusal(folder).find("other users may write this folder") != std::string::npos);
  }
  REQUIRE(::chmod(folder.c_str(), 0700) == 0);
  fs::create_symlink("/etc/passwd", folder + "/lock");
  CHECK(refusal(folder).find("Too many levels of symbolic links") != std::string::npos);
  fs::remove(folder + "/lock");
  // A segment that is a link is neither written nor followed.
  const std::string target = scratch.write("target", "untouched");
  fs::create_symlink(target, folder + "/" + segment_name(5));
  {
    const auto keeper = SegmentKeeper::start(folder);
    REQUIRE(keeper);
    CHECK_FALSE((*keeper)->create(5));
    CHECK_FALSE((*keeper)->append("x"));
  }
  CHECK(contents_of(target) == "untouched");
  CHECK(refusal(scratch / "missing/recorder").find("cannot be made") != std::string::npos);
  CHECK_FALSE(refusal(scratch.write("file", "")).empty());
  if (::geteuid() != 0) return;
  REQUIRE(::chown(folder.c_str(), 1, 1) == 0);
  CHECK(refusal(folder).find("other users may write this folder") != std::string::npos);
}

TEST_CASE("a full disk is an error, and not the end") {
  if (!may_have_own_mounts()) return;
  ScratchDirectory scratch;
  const ChildResult result = run_in_child([&](int descriptor) {
    const std::string folder = scratch.path();
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
        ::mount("none", folder.c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) {
      return 77;
    }
    const auto keeper = SegmentKeeper::start(folder);
    if (!keeper || !(*keeper)->create(1)) return 1;
    Status written = ok();
    for (int i = 0; i < 20 && written; ++i) written = (*keeper)->append(std::string(50'000, 'x'));
    if (written) return 2;
    const std::string text = written.error().text() + "\n";
    if (::write(descriptor, text.data(), text.size()) < 0) return 3;
    if (!(*keeper)->create(2) || (*keeper)->append(std::string(50'000, 'x'))) return 4;
    if (!(*keeper)->remove(1)) return 5;
    return (*keeper)->append("again") ? 0 : 6;
  });
  if (exited_with(result, 77)) return;
  CAPTURE(result.status);
  CHECK(exited_with(result, 0));
  CHECK(result.said.find("recorder-0000000001.zst: cannot be written: No space left on device") !=
        std::string::npos);
}

}  // namespace xsaudit
