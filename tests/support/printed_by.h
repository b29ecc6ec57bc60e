// The output of a shell command.
#pragma once

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <string>

namespace xsaudit {

struct Printed {
  std::string text;
  int status = 0;  // the command's exit status; -1 if it did not exit
};

inline Printed run_command(const std::string& command) {
  std::FILE* const program = ::popen(command.c_str(), "r");
  REQUIRE(program != nullptr);
  Printed printed;
  char room[4096];
  for (std::size_t count; (count = std::fread(room, 1, sizeof room, program)) > 0;) {
    printed.text.append(room, count);
  }
  const int status = ::pclose(program);
  printed.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return printed;
}

// Requires the expected status.
inline std::string printed_by(const std::string& command, int status = 0) {
  const Printed printed = run_command(command);
  INFO(command);
  REQUIRE(printed.status == status);
  return printed.text;
}

}  // namespace xsaudit
