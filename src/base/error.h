// Errors as values. Every function that can fail returns a Result<T>: either the value or an Error
// that says where (file:line:col, or a store path), what, and, where one is known, what to do.
// Plain values; each thread may own its own.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace xsaudit {

struct Error {
  std::string place;    // "file:line:col", a store path, a command line option; may be empty
  std::string message;  // one sentence without a full stop, already safe to print
  std::string hint;     // what would be right, for example "did you mean 'match'?"; may be empty

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
  // By value, so that a loop over *something() keeps what it walks through.
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

}  // namespace xsaudit
