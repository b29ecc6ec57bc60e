// From a hash to the number of what has that hash: the open-addressing table behind the strings
// and the children of a snapshot. What the numbers stand for, and whether two are the same, only
// the user knows. Each slot keeps its hash, so that a search seldom looks at more than the slot,
// and growing looks at nothing else. Written by one thread, then only read, by any.
#pragma once

#include <cstddef>
#include <cstdint>
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

  // `number` must not be there yet.
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

}  // namespace xsaudit
