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

// The names and values of a store. They repeat ("state", "1", ""), so that a node costs two numbers
// instead of two strings. Owned by one Snapshot; written by one thread while that is built, then
// only read, by any thread.
using StringId = std::uint32_t;
inline constexpr StringId kNoString = SlotTable::kNone;

class StringPool {
 public:
  // The id of `bytes`, which are copied if they were not added before: equal strings that are added
  // have equal ids.
  StringId add(std::string_view bytes);

  // The id of `bytes`, or kNoString if they were never added.
  StringId find(std::string_view bytes) const;

  // The id of a copy of `bytes` that cannot be found by them: most values of a large store differ,
  // and a table of all of them would take as much memory as the values. Equal strings share a copy
  // as long as not too many others come between them.
  StringId append(std::string_view bytes);

  std::string_view get(StringId id) const {
    const Entry entry = entries_[id];
    const std::size_t place = entry >> kSizeBits;
    return {blocks_[place / kBlockBytes].get() + place % kBlockBytes, entry & kMaxSize};
  }
  std::size_t size() const { return entries_.size(); }

  // Gives up what adding more would have needed.
  void fit();

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  static constexpr std::size_t kRecent = std::size_t{1} << 14;
  static constexpr int kSizeBits = 24;  // far more than the longest line of a recording
  static constexpr std::size_t kMaxSize = (std::size_t{1} << kSizeBits) - 1;
  // The place of a string (its block times kBlockBytes, and where it begins in the block), and in
  // the low bits its size.
  using Entry = std::uint64_t;
  StringId find(std::string_view bytes, std::uint32_t hash) const;
  StringId copy(std::string_view bytes);

  std::vector<std::unique_ptr<char[]>> blocks_;  // the bytes; blocks never move
  std::size_t used_bytes_ = 0;                   // of the last block
  std::size_t block_bytes_ = 0;                  // its size
  std::vector<Entry> entries_;                   // by id
  SlotTable ids_;                                // of added strings
  // Appended strings, by a part of their hash. The whole hash is kept, so that a string that
  // differs is rarely read: it is not in the processor's cache.
  struct Recent {
    std::uint32_t hash = 0;
    StringId id = kNoString;
  };
  std::vector<Recent> recent_;
};

}  // namespace xsaudit
