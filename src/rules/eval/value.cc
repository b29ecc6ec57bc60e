#include "rules/eval/value.h"

#include <algorithm>
#include <cstring>

namespace xsaudit {

std::span<const Value> possible_values(const Value& value) {
  if (!value.is(Value::Kind::unknown)) return {&value, 1};
  return {value.unknown->possible, value.unknown->possible_count};
}

const Unknown* worse(const Unknown* a, const Unknown* b) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  return a->by_form && !b->by_form ? b : a;
}

namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

}  // namespace

void* Arena::find_room(std::size_t size, std::size_t alignment) {
  for (; block_ < blocks_.size(); ++block_, used_ = 0) {
    const std::size_t begin = (used_ + alignment - 1) / alignment * alignment;
    if (begin + size > blocks_[block_].size) continue;
    used_ = begin + size;
    return blocks_[block_].bytes.get() + begin;
  }
  const std::size_t block_size = std::max(kBlockBytes, size);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_size), block_size});
  used_ = size;
  return blocks_.back().bytes.get();
}

std::string_view Arena::copy(std::string_view text) {
  char* const to = bytes(text.size());
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

}  // namespace xsaudit
