#include "base/string_pool.h"

#include <algorithm>
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
  room_ = slots * 2 / 3;
  for (const Slot& slot : old) {
    if (slot.number != kNone) place(slot);
  }
}

void SlotTable::add(std::uint32_t hash, std::uint32_t number) {
  if (used_ >= room_) resize(slots_.size() * 2);
  place({hash, number});
  ++used_;
}

std::size_t SlotTable::slots_for(std::size_t numbers) {
  return std::max(kFewestSlots, numbers * 5 / 4 + 1);
}

void SlotTable::clear(std::size_t numbers) {
  std::vector<Slot>().swap(slots_);  // before the new ones take memory
  slots_.resize(slots_for(numbers));
  used_ = 0;
  room_ = std::max(slots_.size() * 2 / 3, numbers);
}

namespace {

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
  const auto id = static_cast<StringId>(size());
  places_.push_back(copies_.add(bytes));
  ids_.add(hash, id);
  return id;
}

}  // namespace xsaudit
