#include "base/json_cursor.h"

#include "base/escape.h"

namespace xsaudit {
namespace {

const nlohmann::json kNothing;

}  // namespace

void JsonCursor::fail(const char* message) const {
  if (!error_) error_ = Error{place_, message, {}};
}

bool JsonCursor::has(const char* key) const { return value_.is_object() && value_.contains(key); }

JsonCursor JsonCursor::operator[](const char* key) const {
  const std::string separator = place_.ends_with(' ') ? "" : "/";
  JsonCursor member(has(key) ? value_.at(key) : kNothing, place_ + separator + key, error_);
  if (!has(key)) member.fail("it is missing");
  return member;
}

std::vector<JsonCursor> JsonCursor::items() const {
  std::vector<JsonCursor> items;
  if (!value_.is_array()) {
    fail("expected a list");
    return items;
  }
  items.reserve(value_.size());
  for (const auto& item : value_) {
    items.emplace_back(item, place_ + "/" + std::to_string(items.size()), error_);
  }
  return items;
}

bool JsonCursor::boolean() const {
  if (!value_.is_boolean()) {
    fail("expected true or false");
    return false;
  }
  return value_.get<bool>();
}

std::int64_t JsonCursor::integer() const {
  const bool fits = value_.is_number_integer() &&
                    (!value_.is_number_unsigned() || value_.get<std::uint64_t>() <= INT64_MAX);
  if (!fits) {
    fail("expected a whole number");
    return 0;
  }
  return value_.get<std::int64_t>();
}

std::uint64_t JsonCursor::number(std::uint64_t least, std::uint64_t most) const {
  const std::uint64_t number = value_.is_number_unsigned() ? value_.get<std::uint64_t>() : 0;
  if (!value_.is_number_unsigned() || number < least || number > most) {
    fail("expected a whole number within its bounds");
    return least;
  }
  return number;
}

std::string JsonCursor::text() const {
  if (!value_.is_string()) {
    fail("expected a text");
    return {};
  }
  auto text = value_.get<std::string>();
  if (visible(text) == text) return text;
  fail("it contains characters that are not safe to print");
  return {};
}

std::string JsonCursor::bytes() const {
  std::string bytes;
  if (!value_.is_string() || !unescape(value_.get_ref<const std::string&>(), bytes)) {
    fail("expected bytes in their escaped form");
    bytes.clear();
  }
  return bytes;
}

}  // namespace xsaudit
