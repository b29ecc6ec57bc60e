// SHA-256 (FIPS 180-4), for fingerprints: guests choose parts of what is hashed, and must not be
// able to make a new finding look like one that is already known. Stateless; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace xsaudit {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

}  // namespace xsaudit
