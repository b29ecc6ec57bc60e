// Whether a test may mount what nobody else sees: as root, and where "/" is a mount point. In a
// plain chroot it is none, so that what is mounted there could not be kept to the test.
#pragma once

#include <unistd.h>

#include <fstream>
#include <string>

namespace xsaudit {

inline bool may_have_own_mounts() {
  if (geteuid() != 0) return false;
  std::ifstream mounts("/proc/self/mountinfo");
  std::string skipped;
  std::string point;
  // proc(5): the fifth field is where it is mounted.
  while (mounts >> skipped >> skipped >> skipped >> skipped >> point) {
    if (point == "/") return true;
    std::getline(mounts, skipped);
  }
  return false;
}

}  // namespace xsaudit
