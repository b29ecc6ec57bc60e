// The tree behind a YamlDocument, and the step that makes it from text. For yaml_document.cc and
// yaml_parser.cc alone: everybody else reads a document through YamlValue.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/yaml_document.h"
#include "store/error.h"

namespace xsaudit {

inline constexpr std::size_t kMaxYamlDepth = 32;

struct YamlNode {
  YamlValue::Kind kind = YamlValue::Kind::null;
  std::uint32_t line = 1;          // 1-based
  std::uint32_t column = 1;        // 1-based, in bytes
  std::uint32_t offset = 0;        // of its first byte in the text
  std::string text;                // of a scalar
  std::vector<YamlNode> children;  // of a list; of a map: key, value, key, value, …
};

struct YamlSource {
  std::string file;
  std::string text;
  YamlNode root;
};

// Fills source.root from source.text.
Status parse_yaml(YamlSource& source);

// "file:line:col".
std::string yaml_place(const YamlSource& source, std::size_t line, std::size_t column);

}  // namespace xsaudit
