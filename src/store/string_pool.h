// Every distinct byte string of a store, once. A store repeats itself ("state", "1", ""): a node
// then costs two numbers instead of two strings, and equal strings have equal ids. Owned by one
// Snapshot; written by one thread while that is built, then only read, by any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "store/slot_table.h"

namespace xsaudit {

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
