#include "rules/eval/value.h"

#include <algorithm>
#include <cstring>

#include "base/escape.h"

namespace xsaudit {

std::string Unknown::text() const { return escape_shortened(path) + ": " + fact + ": " + reason; }

Value Value::of(bool boolean) {
  Value value;
  value.kind = Kind::boolean;
  value.boolean = boolean;
  return value;
}

Value Value::of(std::int64_t integer) {
  Value value;
  value.kind = Kind::integer;
  value.integer = integer;
  return value;
}

Value Value::of(std::string_view text) {
  Value value;
  value.kind = Kind::text;
  value.bytes = text.data();
  value.size = static_cast<std::uint32_t>(text.size());
  return value;
}

Value Value::of(const Unknown* unknown) {
  Value value;
  value.kind = Kind::unknown;
  value.unknown = unknown;
  return value;
}

Value Value::of(const DomainSet* domains, const Unknown* gap) {
  Value value;
  value.kind = Kind::domains;
  value.domains = domains;
  value.gap = gap;
  return value;
}

Value Value::of_path(NodeId node, std::string_view behind) {
  Value value = of(behind);
  value.kind = Kind::path;
  value.node = node;
  return value;
}

Value Value::of_list(const Value* items, std::size_t count, const Unknown* gap) {
  Value value;
  value.kind = Kind::list;
  value.items = items;
  value.size = static_cast<std::uint32_t>(count);
  value.gap = gap;
  return value;
}

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
