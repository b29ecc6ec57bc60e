// The schema: what each path of a store should hold. Loaded from YAML files, either those built
// into the program or a directory; every error has its file:line:col. Immutable once loaded; any
// thread. The language is described in schema/README.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/device_table.h"
#include "schema/domain_table.h"
#include "schema/entry.h"
#include "schema/path_trie.h"
#include "schema/pattern.h"
#include "store/error.h"

namespace xsaudit {

// A YAML file by name and text, wherever it came from.
struct TextFile {
  std::string name;
  std::string text;
};

class Schema {
 public:
  static Result<Schema> load(const std::vector<TextFile>& files);

  const VariableTypes& variables() const { return variables_; }
  const DeviceTable& devices() const { return devices_; }
  const DomainTable& domains() const { return domains_; }
  const std::vector<SchemaEntry>& entries() const { return entries_; }

  // The entry that governs a path, with its variables bound; null if none does. Precedence is
  // path_trie.h's.
  struct Match {
    const SchemaEntry* entry = nullptr;
    std::vector<Binding> bindings;
  };
  Match match(std::string_view path) const;

 private:
  VariableTypes variables_;
  DeviceTable devices_;
  DomainTable domains_;
  std::vector<SchemaEntry> entries_;
  PathTrie trie_;
};

}  // namespace xsaudit
