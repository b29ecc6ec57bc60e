// Descriptors, what is read and written through them, and processes on the other end.
#include "base/system_io.h"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "base/child_process.h"
#include "base/file_descriptor.h"

namespace xsaudit {
namespace {

bool is_open(int number) { return fcntl(number, F_GETFD) >= 0; }

TEST_CASE("a descriptor is closed with its last owner, and errno stays") {
  Pipe pipe;
  REQUIRE(pipe.open());
  const int number = pipe.read_end.get();
  CHECK(fcntl(number, F_GETFD) == FD_CLOEXEC);
  {
    FileDescriptor owner = std::move(pipe.read_end);
    CHECK_FALSE(pipe.read_end.is_open());
    CHECK(owner.get() == number);
    CHECK(is_open(number));
    errno = EPROTO;
  }
  CHECK(errno == EPROTO);
  CHECK_FALSE(is_open(number));
  const int other = pipe.write_end.get();
  pipe.write_end = FileDescriptor();
  CHECK_FALSE(is_open(other));
}

TEST_CASE("a released descriptor stays open") {
  Pipe pipe;
  REQUIRE(pipe.open());
  const int number = pipe.read_end.release();
  pipe.read_end.close();
  CHECK(is_open(number));
  const FileDescriptor closes_it(number);
}

TEST_CASE("reading ends at the end, at the bound and at the deadline") {
  Pipe pipe;
  REQUIRE(pipe.open());
  REQUIRE(write_whole(pipe.write_end.get(), "abcdef"));
  const auto now = std::chrono::steady_clock::now();
  const int from = pipe.read_end.get();
  std::string text(4, '\0');
  CHECK(read_whole(from, text.data(), 4));
  CHECK(text == "abcd");
  CHECK_FALSE(read_whole(from, text.data(), 4, now));
  CHECK(errno == ETIMEDOUT);
  std::string rest;
  CHECK_FALSE(read_to_end(from, rest, 10, now));
  CHECK(errno == ETIMEDOUT);
  CHECK(read_to_end(from, rest, 1));  // the writer is still there: more than 1 byte is enough
  CHECK(rest == "ef");
  pipe.write_end.close();
  CHECK_FALSE(read_whole(from, text.data(), 4, now + std::chrono::hours(1)));
  CHECK(errno == 0);
  CHECK(read_to_end(from, rest, 10));
  CHECK(rest == "ef");
}

TEST_CASE("a child process serves until its input ends") {
  auto child =
      ChildProcess::start("here", ChildProcess::End::at_end_of_input, [](int from, int to) {
        char letter = 0;
        while (read_whole(from, &letter, 1)) write_whole(to, std::string(2, letter));
      });
  REQUIRE(child.ok());
  REQUIRE(write_whole(child->to.get(), "ab"));
  child->to.close();
  std::string answer;
  CHECK(read_to_end(child->from.get(), answer, 100));
  CHECK(answer == "aabb");
  wait_for_end(child->process);
}

}  // namespace
}  // namespace xsaudit
