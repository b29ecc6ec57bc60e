#include "rules/language/arena.h"

#include <algorithm>
#include <cstring>

namespace xsaudit {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

}  // namespace

void* Arena::allocate(std::size_t size, std::size_t alignment) {
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
