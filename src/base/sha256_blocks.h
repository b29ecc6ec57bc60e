// The compression function of SHA-256 (FIPS 180-4 §6.2.2), for Sha256 of base/hash.h. A recording
// is hashed while it is read, so this must not cost more than reading. Stateless; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace xsaudit {

inline constexpr std::size_t kSha256BlockBytes = 64;
using Sha256State = std::array<std::uint32_t, 8>;

// Adds that many blocks, with the processor's instructions for SHA-256 if it has them.
void sha256_add_blocks(Sha256State& state, const char* blocks, std::size_t count);

// The same without such instructions: for other processors, and a reference for tests.
void sha256_add_blocks_portable(Sha256State& state, const char* blocks, std::size_t count);

}  // namespace xsaudit
