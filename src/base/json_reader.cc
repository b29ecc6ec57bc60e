#include "base/json_reader.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

const Json kNothing;

// Builds the value during parsing. The parser stops if a function returns false.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(Json& root) : root_(root) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override { return add(Json(std::move(value))); }
  bool start_object(std::size_t) override { return enter(Json::object()); }
  bool start_array(std::size_t) override { return enter(Json::array()); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    member_ = &(*open_.back())[std::move(name)];
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const Json::exception&) override {
    error_byte_ = byte;
    return false;
  }

  bool is_too_deep() const { return too_deep_; }
  std::size_t error_byte() const { return error_byte_; }

 private:
  Json& place_of_next() {
    if (open_.empty()) return root_;
    if (open_.back()->is_object()) return *member_;
    return open_.back()->emplace_back();
  }

  template <typename Value>
  bool add(Value&& value) {
    place_of_next() = std::forward<Value>(value);
    return true;
  }

  bool enter(Json empty) {
    too_deep_ = open_.size() == kMaxJsonDepth;
    if (too_deep_) return false;
    Json& place = place_of_next();
    place = std::move(empty);
    open_.push_back(&place);
    return true;
  }

  bool leave() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  std::vector<Json*> open_;  // objects and arrays, each within the one before
  Json* member_ = nullptr;   // of the innermost object
  bool too_deep_ = false;
  std::size_t error_byte_ = 0;  // counted from 1
};

// "file:line:col" of a byte, all counted from 1.
std::string place_of(std::size_t byte, std::string_view text, const std::string& name) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return name + ":" + std::to_string(lines + 1) + ":" +
         std::to_string(before.size() - line_start + 1);
}

}  // namespace

Json parse_bounded_json(std::string_view text) {
  Json json;
  Builder builder(json);
  if (!Json::sax_parse(text, &builder)) return Json(Json::value_t::discarded);
  return json;
}

Result<Json> parse_bounded_json(std::string_view text, const std::string& name) {
  Json json;
  Builder builder(json);
  if (Json::sax_parse(text, &builder)) return json;
  if (builder.is_too_deep()) {
    return Error{name, "it nests deeper than " + std::to_string(kMaxJsonDepth), {}};
  }
  return Error{place_of(builder.error_byte(), text, name), "this is not JSON", {}};
}

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
