// Reads one key under `paths` of a schema file. Used only by schema.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/entry.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// Definitions that entries refer to by name.
struct EntryContext {
  VariableTypes variables;
  std::vector<std::string> profiles;
  std::map<std::string, PermissionTemplate, std::less<>> forms;  // named ones
};

// Defaults of a file for its entries.
struct EntryDefaults {
  std::string_view area;
  std::string_view source;
  bool unchecked = false;
};

Result<SchemaEntry> load_entry(const YamlValue& key, const YamlValue& value,
                               const EntryDefaults& defaults, const EntryContext& context);

// One form, or the name of one.
Result<PermissionTemplate> load_form(const YamlValue& text, const EntryContext& context);

}  // namespace xsaudit
