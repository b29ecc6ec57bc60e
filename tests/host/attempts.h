// Everything that a confined process shall not be able to do, tried one after the other.
#pragma once

#include <map>
#include <string>

namespace xsaudit {

// What the attempts are aimed at; all of it made by the test.
struct Targets {
  std::string file;       // may be removed, renamed, overwritten
  std::string directory;  // empty
  std::string socket;     // where something listens
  int connected = -1;     // a socket that is open already
};

// "name errno" a line, errno 0 for what worked.
void try_everything(const Targets& targets, int report);

std::map<std::string, int> parse_attempts(const std::string& report);

}  // namespace xsaudit
