// SipHash-1-3 under a key drawn once a process. Names and values are chosen by guests: with a hash
// they could compute, a few guests could fill the store with strings that all collide and make an
// audit take hours. Nothing that is printed depends on a hash, so output stays the same run for
// run. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace xsaudit {

std::uint64_t keyed_hash(std::string_view bytes);

// For pairs of numbers, such as (parent node, name).
std::uint64_t keyed_hash(std::uint32_t first, std::uint32_t second);

// SHA-256 (FIPS 180-4), for fingerprints: guests choose parts of what is hashed, and must not be
// able to make a new finding look like one that is already known. Stateless; any thread.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

}  // namespace xsaudit
