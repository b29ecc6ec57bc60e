// An open-addressing hash table for the strings and the children of a snapshot. It maps a hash to
// numbers; only the user knows their meaning and compares them. Each slot keeps its hash, so that a
// search rarely reads more than the slot, and growing reads nothing else. Written by one thread,
// then only read, by any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

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

  void clear();
  // Gives up what adding more would have needed, and the numbers for which keep(number) is false.
  template <typename Keep>
  void fit(const Keep& keep) {
    std::size_t kept = 0;
    for (const Slot& slot : slots_) kept += slot.number != kNone && keep(slot.number) ? 1 : 0;
    const std::vector<Slot> old = replace_slots(kept);
    for (const Slot& slot : old) {
      if (slot.number != kNone && keep(slot.number)) place(slot);
    }
  }

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
  void place(Slot slot);
  void resize(std::size_t slots);
  // Empty slots for that many numbers; gives the old ones.
  std::vector<Slot> replace_slots(std::size_t numbers);

  std::vector<Slot> slots_;  // at most two thirds of them used
  std::size_t used_ = 0;
};

// Stores every distinct byte string of a store once. Strings repeat ("state", "1", ""): a node then
// costs two numbers instead of two strings, and equal strings have equal ids. Owned by one
// Snapshot; written by one thread while that is built, then only read, by any thread.
using StringId = std::uint32_t;
inline constexpr StringId kNoString = SlotTable::kNone;

class StringPool {
 public:
  // The id of `bytes`, which are copied if they are new.
  StringId add(std::string_view bytes);

  // The id of `bytes`, or kNoString if they were never added.
  StringId find(std::string_view bytes) const;

  std::string_view get(StringId id) const {
    const Entry& entry = entries_[id];
    return {blocks_[entry.block].get() + entry.begin, entry.size};
  }
  std::size_t size() const { return entries_.size(); }

  // Gives up what adding more would have needed, and the way from bytes to an id where findable(id)
  // is false. No string may be added afterwards.
  template <typename Findable>
  void fit(const Findable& findable) {
    entries_.shrink_to_fit();
    ids_.fit(findable);
  }

 private:
  struct Entry {
    std::uint32_t block;
    std::uint32_t begin;  // in the block
    std::uint32_t size;
  };
  StringId find(std::string_view bytes, std::uint32_t hash) const;

  std::vector<std::unique_ptr<char[]>> blocks_;  // the bytes; blocks never move
  std::size_t used_bytes_ = 0;                   // of the last block
  std::size_t block_bytes_ = 0;                  // its size
  std::vector<Entry> entries_;                   // by id
  SlotTable ids_;
};

}  // namespace xsaudit
