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

  SlotTable() : slots_(16) {}

  // The number with this hash for which same(number) holds, or kNone.
  template <typename Same>
  std::uint32_t find(std::uint32_t hash, const Same& same) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone || (slot.hash == hash && same(slot.number))) return slot.number;
    }
  }

  // `number` must not be in the table yet.
  void add(std::uint32_t hash, std::uint32_t number);

  void clear();

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;
  };
  void place(Slot slot);

  std::vector<Slot> slots_;  // a power of two, at most two thirds of it used
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

  std::string_view get(StringId id) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    const char* bytes;
    std::uint32_t size;
  };
  StringId find(std::string_view bytes, std::uint32_t hash) const;

  std::vector<std::unique_ptr<char[]>> blocks_;  // the bytes; blocks never move
  char* free_ = nullptr;                         // the rest of the last block
  std::size_t free_bytes_ = 0;
  std::vector<Entry> entries_;  // by id
  SlotTable ids_;
};

}  // namespace xsaudit
