// One fact about the host: known, absent, or unknown with a reason. A fact that could not be read
// is never taken for absent. A plain value; any thread may read a shared one.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace xsaudit {

template <typename T>
class Fact {
 public:
  Fact() : Fact(Unknown{"it was not examined"}) {}
  Fact(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  // The fact was read and does not exist.
  static Fact absent() { return Fact(Absent{}); }
  // `reason` continues the sentence "it is not known, because …" and is safe to print.
  static Fact unknown(std::string reason) { return Fact(Unknown{std::move(reason)}); }
  // Unknown for the same reason as `other`, which is not known.
  template <typename U>
  static Fact as_little_as(const Fact<U>& other) {
    return other.is_absent() ? absent() : unknown(other.reason());
  }

  bool is_known() const { return std::holds_alternative<T>(state_); }
  bool is_absent() const { return std::holds_alternative<Absent>(state_); }
  bool is_unknown() const { return std::holds_alternative<Unknown>(state_); }

  // Only for a known fact.
  const T& value() const { return std::get<T>(state_); }
  T& value() { return std::get<T>(state_); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const T& operator*() const { return value(); }
  T& operator*() { return value(); }

  // Only for an unknown fact.
  const std::string& reason() const { return std::get<Unknown>(state_).reason; }

  bool operator==(const Fact&) const = default;

 private:
  struct Absent {
    bool operator==(const Absent&) const = default;
  };
  struct Unknown {
    std::string reason;
    bool operator==(const Unknown&) const = default;
  };
  explicit Fact(Absent absent) : state_(absent) {}
  explicit Fact(Unknown unknown) : state_(std::move(unknown)) {}

  std::variant<Unknown, Absent, T> state_;
};

}  // namespace xsaudit
