// Errors as values. Every function that can fail returns a Result<T>: either the value or an Error
// that contains the place (file:line:col, or a store path), the problem and, if one is known, a
// hint. Plain values; each thread may own its own.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace xsaudit {

struct Error {
  std::string place;    // "file:line:col", a store path, a command line option; may be empty
  std::string message;  // one sentence without a full stop, already safe to print
  std::string hint;     // a suggestion such as "did you mean 'match'?"; may be empty

  // "place: message (hint)", for a person.
  std::string text() const;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  // By value, so that a loop over *something() keeps the container that it walks through.
  T value() && { return std::get<T>(std::move(state_)); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::get<T>(std::move(state_)); }

  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;
inline Status ok() { return Nothing{}; }

// Propagation of errors, in functions that return a Result. Each macro is a whole statement.
//
//   XSAUDIT_TRY(list.only_keys({"a", "b"}));         returns the error, if there is one
//   XSAUDIT_ASSIGN(const auto text, node.as_text()); does the same, else declares `text`, the value
#define XSAUDIT_TRY(...)                                   \
  do {                                                     \
    const auto& xsaudit_tried = (__VA_ARGS__);             \
    if (!xsaudit_tried.ok()) return xsaudit_tried.error(); \
  } while (false)

#define XSAUDIT_ASSIGN(declaration, ...) \
  XSAUDIT_ASSIGN_THROUGH(XSAUDIT_JOIN(xsaudit_result_, __LINE__), declaration, __VA_ARGS__)

#define XSAUDIT_ASSIGN_THROUGH(result, declaration, ...) \
  auto result = (__VA_ARGS__);                           \
  if (!(result).ok()) return (result).error();           \
  declaration = *std::move(result)

#define XSAUDIT_JOIN(left, right) XSAUDIT_JOIN_EXPANDED(left, right)
#define XSAUDIT_JOIN_EXPANDED(left, right) left##right

}  // namespace xsaudit
