// The types of the expression language. "null" is the type of the literal alone: its value is also
// a value of every number and text, with the meaning "does not exist". Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace xsaudit {

struct Type {
  enum class Kind : std::uint8_t { null, boolean, integer, text, domains, list };
  Kind kind = Kind::null;
  Kind item = Kind::null;  // of a list; null for the empty list, which fits every list

  bool is(Kind wanted) const { return kind == wanted; }
  bool operator==(const Type&) const = default;
};

inline constexpr Type kNull{Type::Kind::null, Type::Kind::null};
inline constexpr Type kBoolean{Type::Kind::boolean, Type::Kind::null};
inline constexpr Type kInteger{Type::Kind::integer, Type::Kind::null};
inline constexpr Type kText{Type::Kind::text, Type::Kind::null};
inline constexpr Type kDomains{Type::Kind::domains, Type::Kind::null};
inline constexpr Type list_of(Type::Kind item) { return {Type::Kind::list, item}; }

// Whether a value of type `given` can stand where `wanted` is expected.
bool fits(Type given, Type wanted);

// The common type of two alternatives; nothing if there is none.
std::optional<Type> common_type(Type a, Type b);

std::string to_text(Type type);  // "a number", "a list of texts"

}  // namespace xsaudit
