// Reads JSON from untrusted files: parse_bounded_json() limits the depth and throws nothing,
// JsonCursor reads values and records the first mistake. Plain values and views; the functions may
// be called by any thread, a cursor is used by one.
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

// The parsed value, or a discarded one (is_discarded()) if the text is not JSON, not UTF-8, has a
// number too large for a double, or nests deeper than kMaxJsonDepth. The caller limits its length.
nlohmann::json parse_bounded_json(std::string_view text);

// The same, with an error that names the place in the file. `name` is the name of the file, safe to
// print.
Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& name);

// A position in untrusted JSON: each step either finds the expected value or records an error with
// the place ("r.json: findings/3/path"), after which everything reads as empty and only the first
// error counts. So a caller checks for errors once, at the end. Views; the value, and the error,
// must outlive them.
class JsonCursor {
 public:
  JsonCursor(const nlohmann::json& value, std::string place, std::optional<Error>& error)
      : value_(value), place_(std::move(place)), error_(error) {}

  JsonCursor operator[](const char* key) const;  // a member of an object; an error if it is missing
  bool has(const char* key) const;
  std::vector<JsonCursor> items() const;  // the items of a list
  bool is_null() const { return value_.is_null(); }

  bool boolean() const;
  std::int64_t integer() const;
  std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  std::string text() const;   // safe to print, or an error
  std::string bytes() const;  // from their escaped form
  std::string bytes_or_empty() const { return is_null() ? std::string() : bytes(); }

  // The enumerator with this text, according to its to_text().
  template <typename Enum, typename Text>
  Enum one_of(const Text& text_of) const {
    constexpr int kMaxEnumerators = 16;  // more than any has
    const std::string said = text();
    for (int i = 0; i < kMaxEnumerators; ++i) {
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
