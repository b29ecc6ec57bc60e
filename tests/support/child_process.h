// Running a part of a test in a process of its own, which may confine or harm itself.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <iostream>
#include <string>

namespace xsaudit {

struct ChildResult {
  std::string said;  // all it wrote to its descriptor
  int status = 0;    // as waitpid() gives it
};

// `body` is given a descriptor to write what it found to, and returns the exit status. It must not
// use the assertions of the test program.
inline ChildResult run_in_child(const std::function<int(int descriptor)>& body) {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  std::cout.flush();
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(pipe_ends[0]);
    _exit(body(pipe_ends[1]));
  }
  close(pipe_ends[1]);
  ChildResult result;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = read(pipe_ends[0], buffer.data(), buffer.size())) > 0) {
    result.said.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  REQUIRE(waitpid(child, &result.status, 0) == child);
  return result;
}

inline bool exited_with(const ChildResult& result, int status) {
  return WIFEXITED(result.status) && WEXITSTATUS(result.status) == status;
}

}  // namespace xsaudit
