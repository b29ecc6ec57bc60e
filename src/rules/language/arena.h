// Memory for what an expression makes while it is evaluated: texts put together, lists. Everything
// in it is given up at once, before the next node, so that judging a million nodes allocates as
// little as judging one. Used by one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace xsaudit {

class Arena {
 public:
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  Mark mark() const { return {block_, used_}; }
  // Gives up everything made since the mark was taken.
  void release(Mark mark) {
    block_ = mark.block;
    used_ = mark.used;
  }
  void clear() { release({}); }

  char* bytes(std::size_t size) { return static_cast<char*>(allocate(size, 1)); }

  template <typename T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* const first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T();
    return {first, count};
  }
  template <typename T>
  T* make(const T& value) {
    T& made = array<T>(1).front();
    made = value;
    return &made;
  }
  std::string_view copy(std::string_view text);

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  void* allocate(std::size_t size, std::size_t alignment);

  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // the one in use
  std::size_t used_ = 0;   // bytes of it
};

}  // namespace xsaudit
