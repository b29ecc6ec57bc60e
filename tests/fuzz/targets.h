// What is fuzzed: everything that takes apart what somebody else wrote. A target gets bytes and
// must come back, whatever they are; where it finds that the program contradicts itself, it aborts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xsaudit {

struct FuzzTarget {
  std::string name;
  void (*run)(std::string_view bytes);
};

// One for recordings of any form, one for each form, then those of the schema and of the rules.
std::vector<FuzzTarget> fuzz_targets();

std::vector<FuzzTarget> recording_targets();
std::vector<FuzzTarget> knowledge_targets();
std::vector<FuzzTarget> log_targets();
std::vector<FuzzTarget> recorder_targets();

// Aborts, saying what was wrong, if it is not so.
void require(bool so, const char* what);

}  // namespace xsaudit
