// YAML with places. yaml-cpp parses; this wrapper gives every value its file:line:col, refuses what
// yaml-cpp lets pass (duplicate keys, anchors and aliases, tags, several documents, anything nested
// deeper than 32), and never throws. A document owns its tree; a YamlValue is a cheap view into it
// and must not outlive it. Any thread may read a document.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/error.h"

namespace xsaudit {

struct YamlNode;  // yaml_document.cc

class YamlValue {
 public:
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind() const;
  bool is_scalar() const { return kind() == Kind::scalar; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }

  std::string place() const;  // "file:line:col", 1-based
  // The place of a byte inside a scalar, as well as it can be told: exact for plain, quoted
  // one-line and literal block scalars, else the place of the scalar.
  std::string place_in(std::size_t offset) const;

  const std::string& text() const;            // of a scalar; "" otherwise
  std::vector<YamlValue> items() const;       // of a list
  std::vector<std::pair<YamlValue, YamlValue>> members() const;  // of a map, in file order
  // The value of a key of a map; a null value (kind() == Kind::null, exists() false) if not there.
  YamlValue get(std::string_view key) const;
  bool exists() const { return node_ != nullptr; }

  Error error(std::string message, std::string hint = {}) const;  // at place()

  // What the loaders ask for; each error names the place and what was expected.
  Result<std::string> as_string() const;
  Result<bool> as_bool() const;  // true or false, nothing else
  Result<std::int64_t> as_integer() const;
  Result<std::vector<std::string>> as_strings() const;  // a list of scalars, or one scalar
  // An error for the first key of a map that is not among `known`, with a "did you mean".
  Status only_keys(std::initializer_list<std::string_view> known) const;

 private:
  friend class YamlDocument;
  YamlValue(const YamlNode* node, const std::string* file) : node_(node), file_(file) {}
  const YamlNode* node_ = nullptr;
  const std::string* file_ = nullptr;
};

class YamlDocument {
 public:
  // `file` is only used in places.
  static Result<YamlDocument> parse(std::string file, std::string_view text);

  YamlValue root() const;
  const std::string& file() const { return *file_; }

 private:
  YamlDocument() = default;
  std::shared_ptr<const YamlNode> root_;
  std::shared_ptr<const std::string> file_;
};

// The closest of `known` to `word`, by edit distance, as "did you mean 'x'?"; empty if none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace xsaudit
