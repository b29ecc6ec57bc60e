// The tree of a YamlDocument. It is flat, so that loading a built-in tree costs nothing. For yaml/
// and for the tables that yaml_tables.cc writes; other code reads a document through YamlValue.
// Plain values; any thread may read them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// Nodes are in the order of the file, a map or list before its children: key, value, key, value, …
// for a map. The first child of nodes[i] is nodes[i + 1], and the node after its subtree is at its
// `end`.
struct YamlNode {
  YamlValue::Kind kind = YamlValue::Kind::null;
  std::uint32_t line = 1;        // 1-based
  std::uint32_t column = 1;      // 1-based, in bytes
  std::uint32_t offset = 0;      // of its first byte in the text of the file
  std::uint32_t end = 0;         // index of the first node that is not part of it
  std::uint32_t text_begin = 0;  // of a scalar: in the text of the file, or behind it in `cooked`
  std::uint32_t text_size = 0;
};

// One document. The value of a scalar that differs from the bytes in the file (escapes, folded
// lines) is in `cooked`.
struct YamlTree {
  std::string_view file;
  std::string_view text;
  std::string_view cooked;
  std::span<const YamlNode> nodes;  // never empty: the root is the first
  bool built_in = false;            // read when the program was built

  std::string_view text_of(const YamlNode& node) const;
};

// A file that is built into the program. `apart` is empty, or a second document of the same file
// with the one top-level key that most users of the first do not need (see yaml_tables.cc).
struct YamlTable {
  YamlTree tree;
  YamlTree apart;
};

// A tree read from text, with everything that it points into. Must not be moved or copied.
struct ParsedYaml {
  std::string file;
  std::string text;
  std::string cooked;
  std::vector<YamlNode> nodes;

  YamlTree tree() const { return {file, text, cooked, nodes}; }
};

inline constexpr std::size_t kMaxYamlDepth = 32;

// Fills nodes and cooked from file and text, from which it strips a byte order mark. Errors have
// their file:line:col.
Status parse_yaml(ParsedYaml& yaml);

// "file:line:col".
std::string yaml_place(std::string_view file, std::size_t line, std::size_t column);

}  // namespace xsaudit
