// YAML with places: every value has its file:line:col. A reader of yaml-cpp's events
// (yaml_reader.cc) makes it from the files that an administrator names; the same reader read the
// built-in files when the program was built. Every scalar is a text (also ~ and null). Duplicate
// keys, anchors and aliases, tags, several documents, keys that are not texts, and nesting deeper
// than 32 are errors. A document owns its tree, and copies share it; a YamlValue is a view into it
// and must not outlive it. Any thread may read a document.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"

namespace xsaudit {

struct YamlNode;    // yaml_tree.h
struct YamlTree;    // yaml_tree.h
struct ParsedYaml;  // yaml_tree.h

class YamlValue {
 public:
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind() const;
  bool is_scalar() const { return kind() == Kind::scalar; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }
  // False for the result of get() for a missing key; kind() is null then.
  bool exists() const { return node_ != nullptr; }

  // "file:line:col", 1-based; for a value that does not exist the place of the map that lacks it.
  std::string place() const;
  // The place of a byte inside a scalar: exact for plain and quoted scalars of one line and for
  // literal blocks, else the place of the scalar.
  std::string place_in(std::size_t offset) const;

  // Whether the file is built into the program. Loaders need not repeat checks that the tests make
  // for such files.
  bool built_in() const;

  std::string_view text() const;         // the text of a scalar; otherwise ""
  std::vector<YamlValue> items() const;  // the items of a list
  // The members of a map, in file order.
  std::vector<std::pair<YamlValue, YamlValue>> members() const;
  // The value of a key of a map; for a missing key a value that does not exist.
  YamlValue get(std::string_view key) const;
  // Like get(), but a missing key is an error.
  Result<YamlValue> require(std::string_view key) const;

  // The lines of the file from the beginning of the value on, as long as they are indented: for a
  // key at the left margin, the key with its value.
  std::string_view lines() const;

  Error error(std::string message, std::string hint = {}) const;  // at place()

  // Conversions for loaders; each error contains the place and the expected type.
  Result<std::string_view> as_text() const;
  Result<bool> as_bool() const;  // true or false, nothing else
  Result<std::int64_t> as_integer() const;
  Result<std::vector<std::string>> as_strings() const;  // a list of scalars, or one scalar
  // An error for the first key of a map that is not in `known`, with a "did you mean"; also an
  // error for a value that is not a map.
  Status only_keys(std::initializer_list<std::string_view> known) const;

 private:
  friend class YamlDocument;
  YamlValue(const YamlNode* node, const YamlNode* within, const YamlTree* tree)
      : node_(node), within_(within), tree_(tree) {}
  YamlValue view(const YamlNode& node) const { return {&node, &node, tree_}; }

  const YamlNode* node_;
  const YamlNode* within_;  // node_, or the map that lacks it
  const YamlTree* tree_;
};

class YamlDocument {
 public:
  // `file` is only used in places.
  static Result<YamlDocument> parse(std::string file, std::string text);
  // A document that is built into the program; the tree must live as long as the program.
  explicit YamlDocument(const YamlTree& built_in);

  YamlValue root() const;  // null for a file without any value
  std::string_view file() const;
  std::string_view text() const;  // the text of the whole file

 private:
  explicit YamlDocument(std::shared_ptr<const ParsedYaml> parsed);

  std::shared_ptr<const ParsedYaml> parsed_;  // null for a built-in document
  std::shared_ptr<const YamlTree> tree_;
};

Result<std::vector<YamlDocument>> parse_yaml_files(const std::vector<TextFile>& files);

// The closest of `known` to `word`, by edit distance, as "did you mean 'x'?"; empty if none is
// near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace xsaudit
