// An open-addressing hash table for the strings and the children of a snapshot. It maps a hash to
// numbers; only the user knows their meaning and compares them. Each slot keeps its hash, so that a
// search rarely reads more than the slot, and growing reads nothing else. Written by one thread,
// then only read, by any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/string_copies.h"

namespace xsaudit {

class SlotTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::size_t kFewestSlots = 16;

  SlotTable() : slots_(kFewestSlots) {}

  // The number with this hash for which same(number) holds, or kNone.
  template <typename Same>
  std::uint32_t find(std::uint32_t hash, const Same& same) const {
    for (std::size_t at = place_of(hash);; at = at + 1 == slots_.size() ? 0 : at + 1) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone || (slot.hash == hash && same(slot.number))) return slot.number;
    }
  }

  // `number` must not be in the table yet.
  void add(std::uint32_t hash, std::uint32_t number);
  // Has no effect but that a soon add() or find() of the hash does not wait for memory.
  void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slots_[place_of(hash)]); }

  // Removes all numbers, and makes room for that many, and no more if none are added besides.
  void clear(std::size_t numbers = 0);
  // Whether it has the room that clear() makes for that many.
  bool fits(std::size_t numbers) const { return slots_.size() == slots_for(numbers); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;
  };
  // Where the search for a hash begins: the hash as a part of the whole range of hashes, so that
  // there can be any number of slots.
  std::size_t place_of(std::uint32_t hash) const {
    return static_cast<std::size_t>((std::uint64_t{hash} * slots_.size()) >> 32);
  }
  static std::size_t slots_for(std::size_t numbers);
  void place(Slot slot);
  void resize(std::size_t slots);

  std::vector<Slot> slots_;  // at most two thirds of them used, or four fifths after clear()
  std::size_t used_ = 0;
  std::size_t room_ = kFewestSlots * 2 / 3;  // for how many numbers the slots are enough
};

// The names of a store. They repeat ("state", "backend"), so that a node costs a number instead of
// a string. Owned by one Snapshot; written by one thread while that is built, then only read, by
// any thread.
using StringId = std::uint32_t;
inline constexpr StringId kNoString = SlotTable::kNone;

class StringPool {
 public:
  // The id of `bytes`, which are copied if they were not added before: equal strings have equal
  // ids. The first id is 0, and each next one is one higher.
  StringId add(std::string_view bytes);

  // The id of `bytes`, or kNoString if they were never added.
  StringId find(std::string_view bytes) const;

  std::string_view get(StringId id) const { return copies_.get(places_[id]); }
  std::size_t size() const { return places_.size(); }

  // Gives up what adding more would have needed.
  void fit() { places_.shrink_to_fit(); }

 private:
  StringId find(std::string_view bytes, std::uint32_t hash) const;

  StringCopies copies_;
  std::vector<StringCopies::Place> places_;  // by id
  SlotTable ids_;
};

}  // namespace xsaudit
