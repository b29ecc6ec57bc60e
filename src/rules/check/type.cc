#include "rules/check/type.h"

namespace xsaudit {

bool fits(Type given, Type wanted) {
  if (given == wanted) return true;
  if (given.is(Type::Kind::null))
    return wanted.is(Type::Kind::integer) || wanted.is(Type::Kind::text);
  return given.is(Type::Kind::list) && wanted.is(Type::Kind::list) &&
         given.item == Type::Kind::null;
}

std::optional<Type> common_type(Type a, Type b) {
  if (fits(a, b)) return b;
  if (fits(b, a)) return a;
  return std::nullopt;
}

std::string to_text(Type type) {
  switch (type.kind) {
    case Type::Kind::null: return "null";
    case Type::Kind::boolean: return "true or false";
    case Type::Kind::integer: return "a number";
    case Type::Kind::text: return "a text";
    case Type::Kind::domains: return "a set of domains";
    case Type::Kind::list: break;
  }
  switch (type.item) {
    case Type::Kind::integer: return "a list of numbers";
    case Type::Kind::text: return "a list of texts";
    case Type::Kind::boolean: return "a list of true and false";
    default: return "an empty list";
  }
}

}  // namespace xsaudit
