#include "store/slot_table.h"

#include <utility>

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

}  // namespace xsaudit
