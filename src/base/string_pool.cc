#include "base/string_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/hash.h"

namespace xsaudit {

void SlotTable::place(Slot slot) {
  std::size_t at = place_of(slot.hash);
  while (slots_[at].number != kNone) at = at + 1 == slots_.size() ? 0 : at + 1;
  slots_[at] = slot;
}

void SlotTable::resize(std::size_t slots) {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  for (const Slot& slot : old) {
    if (slot.number != kNone) place(slot);
  }
}

void SlotTable::add(std::uint32_t hash, std::uint32_t number) {
  if ((used_ + 1) * 3 > slots_.size() * 2) resize(slots_.size() * 2);
  place({hash, number});
  ++used_;
}

std::vector<SlotTable::Slot> SlotTable::replace_slots(std::size_t numbers) {
  used_ = numbers;
  return std::exchange(slots_, std::vector<Slot>(std::max(kFewestSlots, numbers * 3 / 2 + 1)));
}

void SlotTable::clear() {
  slots_.assign(kFewestSlots, Slot());
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
  if (blocks_.empty() || bytes.size() > block_bytes_ - used_bytes_) {
    block_bytes_ = std::max(kBlockBytes, bytes.size());
    used_bytes_ = 0;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes_));
  }
  if (!bytes.empty()) std::memcpy(blocks_.back().get() + used_bytes_, bytes.data(), bytes.size());
  const auto id = static_cast<StringId>(entries_.size());
  entries_.push_back({static_cast<std::uint32_t>(blocks_.size() - 1),
                      static_cast<std::uint32_t>(used_bytes_),
                      static_cast<std::uint32_t>(bytes.size())});
  used_bytes_ += bytes.size();
  ids_.add(hash, id);
  return id;
}

}  // namespace xsaudit
