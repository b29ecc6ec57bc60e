#include "store/string_pool.h"

#include <algorithm>
#include <cstring>

#include "store/keyed_hash.h"

namespace xsaudit {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

std::uint32_t hash_bytes(std::string_view bytes) {
  return static_cast<std::uint32_t>(keyed_hash(bytes));
}

}  // namespace

StringPool::StringPool() : slots_(1024, kNoString) {}

std::size_t StringPool::slot_of(std::string_view bytes, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != kNoString) {
    const Entry& entry = entries_[slots_[slot]];
    if (entry.hash == hash && std::string_view(entry.bytes, entry.size) == bytes) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void StringPool::rehash(std::size_t slots) {
  slots_.assign(slots, kNoString);
  for (StringId id = 0; id < entries_.size(); ++id) {
    std::size_t slot = entries_[id].hash & (slots - 1);
    while (slots_[slot] != kNoString) slot = (slot + 1) & (slots - 1);
    slots_[slot] = id;
  }
}

StringId StringPool::add(std::string_view bytes) {
  const std::uint32_t hash = hash_bytes(bytes);
  std::size_t slot = slot_of(bytes, hash);
  if (slots_[slot] != kNoString) return slots_[slot];
  if ((entries_.size() + 1) * 3 > slots_.size() * 2) {
    rehash(slots_.size() * 2);
    slot = slot_of(bytes, hash);
  }
  if (bytes.size() > free_bytes_) {
    free_bytes_ = std::max(kBlockBytes, bytes.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(free_bytes_));
    free_ = blocks_.back().get();
  }
  if (!bytes.empty()) std::memcpy(free_, bytes.data(), bytes.size());
  const auto id = static_cast<StringId>(entries_.size());
  entries_.push_back({free_, static_cast<std::uint32_t>(bytes.size()), hash});
  free_ += bytes.size();
  free_bytes_ -= bytes.size();
  slots_[slot] = id;
  return id;
}

StringId StringPool::find(std::string_view bytes) const {
  return slots_[slot_of(bytes, hash_bytes(bytes))];
}

std::string_view StringPool::get(StringId id) const {
  return {entries_[id].bytes, entries_[id].size};
}

}  // namespace xsaudit
