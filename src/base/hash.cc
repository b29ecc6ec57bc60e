#include "base/hash.h"

#include <bit>
#include <cstddef>
#include <cstring>
#include <random>
#include <string>

namespace xsaudit {

namespace {

struct Key {
  std::uint64_t low;
  std::uint64_t high;
};

const Key& process_key() {
  static const Key key = [] {
    std::random_device random;
    const auto draw = [&] { return (std::uint64_t{random()} << 32) | random(); };
    return Key{draw(), draw()};
  }();
  return key;
}

// The SipHash state and round of Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
struct State {
  std::uint64_t v0, v1, v2, v3;

  explicit State(const Key& key)
      : v0(key.low ^ 0x736f6d6570736575U),
        v1(key.high ^ 0x646f72616e646f6dU),
        v2(key.low ^ 0x6c7967656e657261U),
        v3(key.high ^ 0x7465646279746573U) {}

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void add(std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
  std::uint64_t finish() {
    v2 ^= 0xff;
    round();
    round();
    round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

std::uint64_t keyed_hash(std::string_view bytes) {
  State state(process_key());
  const std::size_t whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    state.add(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  for (std::size_t at = whole; at < bytes.size(); ++at) {
    last |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * (at - whole));
  }
  state.add(last);
  return state.finish();
}

std::uint64_t keyed_hash(std::uint32_t first, std::uint32_t second) {
  State state(process_key());
  state.add((std::uint64_t{first} << 32) | second);
  return state.finish();
}

void Sha256::add(std::string_view bytes) {
  std::size_t held = bytes_ % kBlock;
  bytes_ += bytes.size();
  if (held > 0) {
    const std::size_t taken = std::min(bytes.size(), kBlock - held);
    std::memcpy(rest_.data() + held, bytes.data(), taken);
    bytes.remove_prefix(taken);
    held += taken;
    if (held < kBlock) return;
    sha256_add_blocks(state_, rest_.data(), 1);
  }
  sha256_add_blocks(state_, bytes.data(), bytes.size() / kBlock);
  bytes.remove_prefix(bytes.size() / kBlock * kBlock);
  if (!bytes.empty()) std::memcpy(rest_.data(), bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() && {
  // §5.1.1: a one bit, zeros, and the length in bits as the last eight bytes of a block.
  const std::uint64_t bits = bytes_ * 8;
  std::string tail = "\x80";
  const std::size_t held = (bytes_ + 1) % kBlock;
  tail.append((2 * kBlock - 8 - held) % kBlock, '\0');
  for (int shift = 56; shift >= 0; shift -= 8) tail += static_cast<char>(bits >> shift & 0xff);
  add(tail);

  Sha256Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

Sha256Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return std::move(hash).finish();
}

std::string hexadecimal(const Sha256Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace xsaudit
