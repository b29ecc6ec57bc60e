// Pieces of English that several reports use. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xsaudit {

// "1 node", "3 nodes"
std::string plural(std::uint64_t count, const char* one, const char* many);

// With the letters a to z as capitals.
std::string upper(std::string text);

// "a", "a and b", "a, b and c"
std::string joined(const std::vector<std::string>& parts);

}  // namespace xsaudit
