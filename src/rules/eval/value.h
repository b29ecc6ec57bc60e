// What an expression comes to: a value, nothing (null), or unknown with the reason. Values are
// small and own nothing: texts, lists and reasons lie in the snapshot, in the rule or in the
// context's arena, and are good until the context moves on to the next node.
//
// A value carries marks that say what it was made from. An operator puts the marks of the operands
// that its result depends on onto the result, with Dependence or Decision below and in no other
// way.
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

// Bits of Value::marks.
using Marks = std::uint8_t;
// The value of a secret node went into it. Set only in a context that marks secrets.
inline constexpr Marks kSecretMark = 1;
// It assumes that some domain is not running, so it is only as certain as that.
inline constexpr Marks kLivenessMark = 2;

// Why something could not be decided.
struct Unknown {
  std::string_view path;    // whose fact it is
  const char* fact = "";    // "its value is not known"
  const char* reason = "";  // "it was truncated by the recording"
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
  Marks marks = 0;         // of a list: of its items too
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
  bool has(Marks wanted) const { return (marks & wanted) != 0; }
  bool is_true() const { return kind == Kind::boolean && boolean; }
  bool is_false() const { return kind == Kind::boolean && !boolean; }
  std::string_view view() const { return {bytes, size}; }  // of a text, or what is behind a path
};

static_assert(sizeof(Value) == 32);  // one is made for each part of each expression at each node

// All that the value can be: itself where it is known. Empty where that cannot be listed.
std::span<const Value> possible_values(const Value& value);

// The reason to give where two of them keep something from being known: one that a better recording
// would not have had, if there is one.
const Unknown* worse(const Unknown* a, const Unknown* b);

// What the result of an operator depends on: every operand that it takes.
class Dependence {
 public:
  explicit Dependence(Marks marks = 0) : marks_(marks) {}

  const Value& take(const Value& operand) {
    marks_ |= operand.marks;
    return operand;
  }
  // Most results have no marks: a value that is not written to is cheaper to read next.
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

// A conjunction or a disjunction of parts that are true, false or unknown: one part can decide it,
// and then it depends on that part alone; else it depends on all of them.
class Decision {
 public:
  // `decisive`: the value of a part that decides.
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
