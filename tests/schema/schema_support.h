// What the schema's tests share: the project's own YAML files, and small stores made of text.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "store/path.h"
#include "store/permissions.h"
#include "store/snapshot_builder.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

inline YamlDocument yaml(std::string_view text, const std::string& name = "f.yaml") {
  auto document = YamlDocument::parse(name, std::string(text));
  if (!document) FAIL(document.error().text());
  return *std::move(document);
}

// A file of schema/.
inline YamlDocument schema_file(const std::string& name) {
  std::ifstream file(std::string(XSAUDIT_SOURCE_DIR "/schema/") + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return yaml(text.str(), name);
}

// One node a line: PATH, or PATH = VALUE, or PATH = VALUE (PERMISSIONS). Ancestors that have no
// line of their own get permissions n0. Covers the whole store unless `children` says otherwise.
inline Snapshot fixture_store(std::string_view text, SnapshotInfo info = {},
                              UnknownReason children = UnknownReason::known) {
  SnapshotBuilder builder;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (line.empty()) continue;
    Permissions permissions = {{0}};
    if (const std::size_t open = line.rfind(" ("); open != std::string::npos) {
      auto parsed = parse_permissions(line.substr(open + 2, line.size() - open - 3));
      REQUIRE(parsed.ok());
      permissions = *parsed;
      line.resize(open);
    }
    const std::size_t equals = line.find(" = ");
    const std::string path = line.substr(0, equals);
    for (std::string_view at = parent_path(path); at != "/"; at = parent_path(at)) {
      const NodeId node = builder.at(at);
      if (!builder.described(node)) {
        builder.set_value(node, "");
        builder.set_permissions(node, {{0}});
      }
    }
    const NodeId node = builder.at(path);
    builder.set_value(node, equals == std::string::npos ? "" : line.substr(equals + 3));
    builder.set_permissions(node, permissions);
  }
  return std::move(builder).finish(std::move(info), children);
}

}  // namespace xsaudit
