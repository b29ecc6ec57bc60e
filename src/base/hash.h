// SipHash-1-3 with a random key for each process. Names and values are chosen by guests: with a
// predictable hash a few guests could fill the store with strings that all collide and make an
// audit take hours. No output depends on a hash, so output is the same from run to run. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/sha256_blocks.h"

namespace xsaudit {

std::uint64_t keyed_hash(std::string_view bytes);

// For pairs of numbers, such as (parent node, name).
std::uint64_t keyed_hash(std::uint32_t first, std::uint32_t second);

// SHA-256 (FIPS 180-4), for fingerprints: guests choose parts of the input, and must not be able to
// give a new finding the fingerprint of a known one. Stateless; any thread.
using Sha256Digest = std::array<std::uint8_t, 32>;
Sha256Digest sha256(std::string_view bytes);

// The same of bytes that come in pieces. Used by one thread.
class Sha256 {
 public:
  void add(std::string_view bytes);
  std::uint64_t bytes() const { return bytes_; }
  Sha256Digest finish() &&;

 private:
  static constexpr std::size_t kBlock = kSha256BlockBytes;
  Sha256State state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<char, kBlock> rest_{};  // bytes_ % kBlock of it: less than a block
  std::uint64_t bytes_ = 0;
};

// Two digits for each byte, in lower case.
std::string hexadecimal(const Sha256Digest& digest);

}  // namespace xsaudit
