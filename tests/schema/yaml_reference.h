// What yaml-cpp reads, as a tree that can be compared with a YamlDocument.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "schema/yaml_document.h"

namespace xsaudit {

// One line a value: its path of keys and indices, its kind and its text. Nothing if yaml-cpp
// refuses the text. Where `places`, each line ends with line:col of scalars and brackets.
std::optional<std::string> reference_outline(const std::string& text, bool places);

// The same of a document of ours.
std::string outline(const YamlDocument& document, bool places);

}  // namespace xsaudit
