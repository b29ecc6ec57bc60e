// Reading JSON that others may have written: parse_bounded_json() bounds how deep it nests and
// throws nothing, JsonCursor reads values out of it and notes where one is not as expected. Plain
// values and views; the functions may be called by any thread, a cursor is used by one.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace xsaudit {

inline constexpr int kMaxJsonDepth = 64;

// The value that `text` is, or a discarded one (is_discarded()) where it is not JSON, not UTF-8,
// has a number too large for a double, or nests deeper than kMaxJsonDepth. The caller bounds its
// length.
nlohmann::json parse_bounded_json(std::string_view text);

// The same, with an error that names the place in the file of this name, which is safe to print.
Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& name);

// A look into JSON that somebody else may have written: each step either finds what it expects or
// notes an error with the place ("r.json: findings/3/path"), after which everything reads as empty
// and only the first error counts. So what is read need not be checked step by step, only at the
// end. Views; the value, and the error, must outlive them.
class JsonCursor {
 public:
  JsonCursor(const nlohmann::json& value, std::string place, std::optional<Error>& error)
      : value_(value), place_(std::move(place)), error_(error) {}

  JsonCursor operator[](const char* key) const;  // of an object; an error if it is not there
  bool has(const char* key) const;
  std::vector<JsonCursor> items() const;  // of a list
  bool is_null() const { return value_.is_null(); }

  bool boolean() const;
  std::int64_t integer() const;
  std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  std::string text() const;   // safe to print, or an error
  std::string bytes() const;  // from their escaped form
  std::string bytes_or_empty() const { return is_null() ? std::string() : bytes(); }

  // Of which enumerator this is the text, by its to_text().
  template <typename Enum, typename Text>
  Enum one_of(const Text& text_of) const {
    constexpr int kMost = 16;  // more than any has
    const std::string said = text();
    for (int i = 0; i < kMost; ++i) {
      if (said == text_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    fail("not a known word");
    return Enum();
  }

  void fail(const char* message) const;

 private:
  const nlohmann::json& value_;
  std::string place_;
  std::optional<Error>& error_;
};

}  // namespace xsaudit
