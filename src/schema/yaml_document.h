// YAML with places: every value knows its file:line:col. It is the part of YAML 1.2 that
// yaml_parser.cc describes: every scalar is a text (also ~ and null), and what a loader could not
// explain is refused (duplicate keys, anchors and aliases, tags, several documents, anything nested
// deeper than 32). A document owns its tree; a YamlValue is a cheap view into it and must not
// outlive it. Any thread may read a document.
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

struct YamlNode;    // yaml_tree.h
struct YamlSource;  // yaml_tree.h

class YamlValue {
 public:
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind() const;
  bool is_scalar() const { return kind() == Kind::scalar; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }
  // False for what get() gives when a key is not there; kind() is null then.
  bool exists() const { return node_ != nullptr; }

  // "file:line:col", 1-based; of the map that lacks it, if it does not exist.
  std::string place() const;
  // The place of a byte inside a scalar, as well as it can be told: exact for plain and quoted
  // scalars of one line and for literal blocks, else the place of the scalar.
  std::string place_in(std::size_t offset) const;

  const std::string& text() const;                               // of a scalar; "" otherwise
  std::vector<YamlValue> items() const;                          // of a list
  std::vector<std::pair<YamlValue, YamlValue>> members() const;  // of a map, in file order
  // The value of a key of a map; one that does not exist if the key is not there.
  YamlValue get(std::string_view key) const;
  // As get(), but a key that is not there is an error.
  Result<YamlValue> require(std::string_view key) const;

  Error error(std::string message, std::string hint = {}) const;  // at place()

  // What the loaders ask for; each error names the place and what was expected.
  Result<std::string> as_string() const;
  Result<bool> as_bool() const;  // true or false, nothing else
  Result<std::int64_t> as_integer() const;
  Result<std::vector<std::string>> as_strings() const;  // a list of scalars, or one scalar
  // An error for the first key of a map that is not among `known`, with a "did you mean"; an error
  // also for what is no map.
  Status only_keys(std::initializer_list<std::string_view> known) const;

 private:
  friend class YamlDocument;
  YamlValue(const YamlNode* node, const YamlNode* within, const YamlSource* source)
      : node_(node), within_(within), source_(source) {}
  YamlValue view(const YamlNode& node) const { return {&node, &node, source_}; }

  const YamlNode* node_;
  const YamlNode* within_;  // node_, or the map that lacks it
  const YamlSource* source_;
};

class YamlDocument {
 public:
  // `file` is only used in places.
  static Result<YamlDocument> parse(std::string file, std::string_view text);

  YamlValue root() const;  // null for a file without any value
  const std::string& file() const;

 private:
  explicit YamlDocument(std::shared_ptr<const YamlSource> source) : source_(std::move(source)) {}
  std::shared_ptr<const YamlSource> source_;
};

// The closest of `known` to `word`, by edit distance, as "did you mean 'x'?"; empty if none is
// near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace xsaudit
