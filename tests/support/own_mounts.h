// Whether a test may make mounts that no other process sees: as root, and if "/" is a mount point.
// In a plain chroot it is not, so a mount there would be visible outside of the test.
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
