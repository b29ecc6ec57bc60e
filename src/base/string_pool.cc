#include "base/string_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/hash.h"

namespace xsaudit {

void SlotTable::place(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot.hash & mask;
  while (slots_[at].number != kNone) at = (at + 1) & mask;
  slots_[at] = slot;
}

void SlotTable::add(std::uint32_t hash, std::uint32_t number) {
  if ((used_ + 1) * 3 > slots_.size() * 2) {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.number != kNone) place(slot);
    }
  }
  place({hash, number});
  ++used_;
}

void SlotTable::clear() {
  slots_.assign(16, Slot());
  used_ = 0;
}

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

std::uint32_t hash_bytes(std::string_view bytes) {
  return static_cast<std::uint32_t>(keyed_hash(bytes));
}

}  // namespace

StringId StringPool::find(std::string_view bytes, std::uint32_t hash) const {
  return ids_.find(hash, [&](StringId id) { return get(id) == bytes; });
}

StringId StringPool::find(std::string_view bytes) const { return find(bytes, hash_bytes(bytes)); }

StringId StringPool::add(std::string_view bytes) {
  const std::uint32_t hash = hash_bytes(bytes);
  if (const StringId known = find(bytes, hash); known != kNoString) return known;
  if (bytes.size() > free_bytes_) {
    free_bytes_ = std::max(kBlockBytes, bytes.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(free_bytes_));
    free_ = blocks_.back().get();
  }
  if (!bytes.empty()) std::memcpy(free_, bytes.data(), bytes.size());
  const auto id = static_cast<StringId>(entries_.size());
  entries_.push_back({free_, static_cast<std::uint32_t>(bytes.size())});
  free_ += bytes.size();
  free_bytes_ -= bytes.size();
  ids_.add(hash, id);
  return id;
}

std::string_view StringPool::get(StringId id) const {
  return {entries_[id].bytes, entries_[id].size};
}

}  // namespace xsaudit
