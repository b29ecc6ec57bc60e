// SipHash-1-3 with a random key for each process. Names and values are chosen by guests: with a
// predictable hash a few guests could fill the store with strings that all collide and make an
// audit take hours. No output depends on a hash, so output is the same from run to run. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace xsaudit {

std::uint64_t keyed_hash(std::string_view bytes);

// For pairs of numbers, such as (parent node, name).
std::uint64_t keyed_hash(std::uint32_t first, std::uint32_t second);

// SHA-256 (FIPS 180-4), for fingerprints: guests choose parts of the input, and must not be able to
// give a new finding the fingerprint of a known one. Stateless; any thread.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

}  // namespace xsaudit
