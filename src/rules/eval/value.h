// The value of an expression: a value, nothing (null), or unknown with the reason. Values are small
// and own nothing: texts, lists and reasons lie in the snapshot, in the rule or in the context's
// arena, and are valid until the context moves on to the next node.
//
// A value carries marks that describe the facts it was made from. An operator adds the marks of the
// operands that its result depends on, and uses only Dependence or Decision below to do so.
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

// Bits of Value::marks.
using Marks = std::uint8_t;
// The value was made from a secret node's value. Set only in a context that marks secrets.
inline constexpr Marks kSecretMark = 1;
// The value assumes that some domain is not running, so it is only as certain as that.
inline constexpr Marks kLivenessMark = 2;

struct Unknown;

struct Value {
  enum class Kind : std::uint8_t {
    unknown,
    null,
    boolean,
    integer,
    text,
    path,     // a text, too: the path of `node`, then `bytes`; made only when needed
    domains,  // if `gap` is set, there may be more of them
    list,     // as for `domains`
  };

  Kind kind = Kind::null;
  Marks marks = 0;         // for a list: of its items, too
  std::uint32_t size = 0;  // bytes of a text or after a path; items of a list
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
  bool has(Marks wanted) const { return (marks & wanted) != 0; }
  bool is_true() const { return kind == Kind::boolean && boolean; }
  bool is_false() const { return kind == Kind::boolean && !boolean; }
  // The bytes of a text, or those after the path of a node.
  std::string_view view() const { return {bytes, size}; }
};

static_assert(sizeof(Value) == 32);  // one is made for each part of each expression at each node

inline Value Value::of(bool boolean) {
  Value value;
  value.kind = Kind::boolean;
  value.boolean = boolean;
  return value;
}
inline Value Value::of(std::int64_t integer) {
  Value value;
  value.kind = Kind::integer;
  value.integer = integer;
  return value;
}
inline Value Value::of(std::string_view text) {
  Value value;
  value.kind = Kind::text;
  value.bytes = text.data();
  value.size = static_cast<std::uint32_t>(text.size());
  return value;
}
inline Value Value::of(const Unknown* unknown) {
  Value value;
  value.kind = Kind::unknown;
  value.unknown = unknown;
  return value;
}
inline Value Value::of(const DomainSet* domains, const Unknown* gap) {
  Value value;
  value.kind = Kind::domains;
  value.domains = domains;
  value.gap = gap;
  return value;
}
inline Value Value::of_path(NodeId node, std::string_view behind) {
  Value value = of(behind);
  value.kind = Kind::path;
  value.node = node;
  return value;
}
inline Value Value::of_list(const Value* items, std::size_t count, const Unknown* gap) {
  Value value;
  value.kind = Kind::list;
  value.items = items;
  value.size = static_cast<std::uint32_t>(count);
  value.gap = gap;
  return value;
}

// The reason why an expression could not be decided.
struct Unknown {
  Value path;               // of the node that the fact is about, a text
  const char* fact = "";    // "its value is not known"
  const char* reason = "";  // "it was truncated by the recording"
  // The format of the recording never contains the fact; otherwise only this recording lacks it.
  bool by_form = false;
  bool not_given = false;  // the daemon never gives it
  // The known lower bound of a number; -1 if there is none.
  std::int64_t at_least = -1;
  // The possible values of a number, such as the limits of the daemons that may have written the
  // store.
  const Value* possible = nullptr;
  std::uint32_t possible_count = 0;
  // The domain whose liveness is unknown; -1 for other facts and for several domains.
  std::int64_t domid = -1;
  bool of_liveness = false;
};

// The possible values; the value itself if it is known. Empty if they cannot be listed.
std::span<const Value> possible_values(const Value& value);

// The reason to report if both prevent a decision: one that a better recording would not have, if
// there is one.
const Unknown* worse(const Unknown* a, const Unknown* b);

// The marks of an operator's result: those of every operand that it takes.
class Dependence {
 public:
  explicit Dependence(Marks marks = 0) : marks_(marks) {}

  const Value& take(const Value& operand) {
    marks_ |= operand.marks;
    return operand;
  }
  // Writes only if there are marks: most results have none, and an unmodified value is cheaper to
  // read.
  void mark(Value& result) const {
    if (marks_ != 0) result.marks |= marks_;
  }
  Value give(Value result) const {
    mark(result);
    return result;
  }

 private:
  Marks marks_;
};

// A conjunction or a disjunction of parts that are true, false or unknown. One part can decide it,
// and then it depends on that part alone; otherwise it depends on all of them.
class Decision {
 public:
  // `decisive` is the value of a part that decides the whole.
  explicit Decision(bool decisive, const Unknown* unknown = nullptr)
      : decisive_(decisive), unknown_(unknown) {}

  // Takes one more part. False once the decision is made.
  bool take(const Value& part) {
    if (part.is(Value::Kind::boolean) && part.boolean == decisive_) {
      decided_ = true;
      marks_ = part.marks;
      return false;
    }
    marks_ |= part.marks;
    if (part.is(Value::Kind::unknown)) take(part.unknown);
    return true;
  }
  void take(const Unknown* unknown) { unknown_ = worse(unknown_, unknown); }

  bool decided() const { return decided_; }
  const Unknown* unknown() const { return unknown_; }  // the reason so far; null if there is none
  Value result() const {
    Value value = decided_              ? Value::of(decisive_)
                  : unknown_ != nullptr ? Value::of(unknown_)
                                        : Value::of(!decisive_);
    value.marks = marks_;
    return value;
  }

 private:
  const bool decisive_;
  bool decided_ = false;
  Marks marks_ = 0;
  const Unknown* unknown_;
};

// Memory for the values that an expression creates: concatenated texts, lists. All of it is
// released at once before the next node, so that judging a million nodes allocates as little as
// judging one. Used by one thread.
class Arena {
 public:
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  Mark mark() const { return {block_, used_}; }
  // Releases everything allocated since the mark was taken.
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
  void* allocate(std::size_t size, std::size_t alignment) {
    const std::size_t begin = (used_ + alignment - 1) / alignment * alignment;
    if (block_ == blocks_.size() || begin + size > blocks_[block_].size) {
      return find_room(size, alignment);
    }
    used_ = begin + size;
    return blocks_[block_].bytes.get() + begin;
  }
  // In a later block, which may be new.
  void* find_room(std::size_t size, std::size_t alignment);

  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // the one in use
  std::size_t used_ = 0;   // bytes of it
};

}  // namespace xsaudit
