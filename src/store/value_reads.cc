#include "store/value_reads.h"

#include <algorithm>

namespace xsaudit {

void ValueReads::add(Node node) {
  if (now_.number == kEverything) {
    for_everything_[node] = true;
    return;
  }
  // A place that is judged again reads the same values. The list of a value that many places read
  // is not searched; its last entry is of the place that is judged now, if any.
  constexpr std::size_t kSearched = 64;
  std::vector<Purpose>& purposes = by_node_[node];
  const auto begin = purposes.size() > kSearched ? purposes.end() - 1 : purposes.begin();
  if (std::find(begin, purposes.end(), now_) != purposes.end()) return;
  purposes.push_back(now_);
  ++size_;
}

void ValueReads::note_sum() {
  if (now_.number == kNothing) return;
  if (std::find(summed_.begin(), summed_.end(), now_.number) == summed_.end()) {
    summed_.push_back(now_.number);
  }
}

}  // namespace xsaudit
