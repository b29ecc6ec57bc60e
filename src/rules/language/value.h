// What an expression comes to: a value, nothing (null), or unknown with the reason. Values are
// small and own nothing: texts, lists and reasons lie in the snapshot, in the rule or in the
// frame's arena, and are good until the frame moves on to the next node.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

}  // namespace xsaudit
