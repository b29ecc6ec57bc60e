#include "base/string_copies.h"

#include <algorithm>
#include <stdexcept>

#include "base/hash.h"

namespace xsaudit {

StringCopies::Place StringCopies::add(std::string_view bytes) {
  if (bytes.size() > kMostBytes) {
    throw std::length_error("a string of a store has 16 MiB or more");
  }
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const std::size_t before = size < kLong ? 1 : 1 + sizeof(size);
  if (before + size > block_bytes_ - used_bytes_) {
    if (blocks_.size() == kMostBlocks) {
      throw std::length_error("the strings of a store have more than 4 GiB");
    }
    block_bytes_ = std::max(kBlockBytes, before + size);
    used_bytes_ = 0;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes_));
  }
  const std::size_t place = (blocks_.size() - 1) * kBlockBytes + used_bytes_;
  char* const at = blocks_.back().get() + used_bytes_;
  *at = static_cast<char>(std::min<std::uint32_t>(size, kLong));
  if (size >= kLong) std::memcpy(at + 1, &size, sizeof(size));
  if (size > 0) std::memcpy(at + before, bytes.data(), size);
  used_bytes_ += before + size;
  return static_cast<Place>(place);
}

StringCopies::Place StringCopies::share(std::string_view bytes) {
  if (recent_.empty()) recent_.resize(kRecent);
  const auto hash = static_cast<std::uint32_t>(keyed_hash(bytes));
  Recent& recent = recent_[hash % kRecent];
  const bool same = recent.place != kNoPlace && recent.hash == hash && get(recent.place) == bytes;
  if (!same) recent = {hash, add(bytes)};
  return recent.place;
}

}  // namespace xsaudit
