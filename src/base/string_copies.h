// Copies of strings, each found by its place, which has four bytes: a large store has as many
// values as nodes, and most differ, so that a table of all of them would take as much memory as
// they do. Views of the copies stay valid. Written by one thread, then only read, by any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace xsaudit {

class StringCopies {
 public:
  using Place = std::uint32_t;

  // The place of a copy of `bytes`; of the first copy it is 0.
  Place add(std::string_view bytes);
  // The same, but equal strings share a copy as long as not too many others come between them.
  Place share(std::string_view bytes);

  std::string_view get(Place place) const {
    const char* const at = blocks_[place / kBlockBytes].get() + place % kBlockBytes;
    const auto size = static_cast<unsigned char>(*at);
    if (size < kLong) return {at + 1, size};
    std::uint32_t long_size = 0;
    std::memcpy(&long_size, at + 1, sizeof(long_size));
    return {at + 1 + sizeof(long_size), long_size};
  }

  // Gives up what sharing more would have needed.
  void fit() { std::vector<Recent>().swap(recent_); }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  static constexpr Place kNoPlace = UINT32_MAX;
  static constexpr std::size_t kMostBlocks = kNoPlace / kBlockBytes;
  // Far more than the longest line of a recording.
  static constexpr std::size_t kMostBytes = (std::size_t{1} << 24) - 1;
  static constexpr std::size_t kRecent = std::size_t{1} << 14;
  // Before the bytes stands their number, in one byte; or this byte, and the number in four.
  static constexpr unsigned char kLong = UINT8_MAX;

  std::vector<std::unique_ptr<char[]>> blocks_;  // they never move
  std::size_t used_bytes_ = 0;                   // of the last block
  std::size_t block_bytes_ = 0;                  // its size
  // Shared strings, by a part of their hash. The whole hash is kept, so that a string that differs
  // is rarely read: it is not in the processor's cache.
  struct Recent {
    std::uint32_t hash = 0;
    Place place = kNoPlace;
  };
  std::vector<Recent> recent_;
};

}  // namespace xsaudit
