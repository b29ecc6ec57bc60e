// What an expression comes to: a value, nothing (null), or unknown with the reason. Values are
// small and own nothing: texts, lists and reasons lie in the snapshot, in the rule or in the
// context's arena, and are good until the context moves on to the next node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "store/domain_set.h"
#include "store/snapshot.h"

namespace xsaudit {

struct Value;

// Why something could not be decided.
struct Unknown {
  std::string_view path;    // whose fact it is
  const char* fact = "";    // "its value is not known"
  const char* reason = "";  // "it was cut when it was recorded"
  // The form of the recording can never hold it; otherwise this recording lacks it.
  bool by_form = false;
  bool not_given = false;  // the daemon never gives it
  // Of a number: that it is this much or more is known all the same. -1: not even that.
  std::int64_t at_least = -1;
  // Or that it is one of these, such as the limits of the daemons that the store may be of.
  const Value* possible = nullptr;
  std::uint32_t possible_count = 0;
  // Of whether a domain is alive: that domain. -1: of something else, or of several.
  std::int64_t domid = -1;
  bool of_liveness = false;

  std::string text() const;  // "/a/b: its value is not known: …"; safe to print
};

struct Value {
  enum class Kind : std::uint8_t {
    unknown,
    null,
    boolean,
    integer,
    text,
    path,     // a text too: the path of `node` and `bytes` behind it; made only where it is needed
    domains,  // `gap`, if any: there may be more of them
    list,     // likewise
  };

  Kind kind = Kind::null;
  std::uint32_t size = 0;  // bytes of a text or behind a path; items of a list
  union {
    const Unknown* unknown = nullptr;
    bool boolean;
    std::int64_t integer;
    const char* bytes;
    const DomainSet* domains;
    const Value* items;
  };
  NodeId node = kNoNode;         // of a path
  const Unknown* gap = nullptr;  // of domains and of a list

  static Value of(bool boolean);
  static Value of(std::int64_t integer);
  static Value of(std::string_view text);
  static Value of(const Unknown* unknown);
  static Value of(const DomainSet* domains, const Unknown* gap = nullptr);
  static Value of_path(NodeId node, std::string_view behind = {});
  static Value of_list(const Value* items, std::size_t count, const Unknown* gap = nullptr);

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_true() const { return kind == Kind::boolean && boolean; }
  bool is_false() const { return kind == Kind::boolean && !boolean; }
  std::string_view view() const { return {bytes, size}; }  // of a text, or what is behind a path
};

// All that the value can be: itself where it is known. Empty where that cannot be listed.
std::span<const Value> possible_values(const Value& value);

// The reason to give where two of them keep something from being known: one that a better recording
// would not have had, if there is one.
const Unknown* worse(const Unknown* a, const Unknown* b);

// Memory for what an expression makes while it is evaluated: texts put together, lists. Everything
// in it is given up at once, before the next node, so that judging a million nodes allocates as
// little as judging one. Used by one thread.
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
