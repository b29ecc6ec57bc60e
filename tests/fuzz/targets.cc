#include "targets.h"

#include <cstdio>
#include <cstdlib>

namespace xsaudit {

void require(bool so, const char* what) {
  if (so) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

std::vector<FuzzTarget> fuzz_targets() {
  std::vector<FuzzTarget> targets = recording_targets();
  for (FuzzTarget& target : knowledge_targets()) targets.push_back(std::move(target));
  for (FuzzTarget& target : log_targets()) targets.push_back(std::move(target));
  for (FuzzTarget& target : recorder_targets()) targets.push_back(std::move(target));
  return targets;
}

}  // namespace xsaudit
