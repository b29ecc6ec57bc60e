// The schema and the rules of a command: those built into the program, or those of the directories
// on the command line. A plain value; used by one thread.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/configuration.h"
#include "rules/rule_set.h"
#include "schema/schema.h"

namespace xsaudit {

class CommandLine;

struct Policy {
  Schema schema;
  RuleSet rules;
};

struct PolicyOptions {
  std::string schema_directory;            // empty: the built-in schema
  std::vector<std::string> added_schemas;  // directories with more entries and device kinds
  std::string rules_directory;             // empty: the built-in rules
  std::vector<std::string> added_rules;    // directories of further rules

  // Adds --schema, --rules and --add-rules.
  void add_schema_to(CommandLine& app);
  void add_to(CommandLine& app);
  Result<Schema> load_schema(Authors authors = Authors::any) const;
  Result<Policy> load(Authors authors = Authors::any) const;
};

}  // namespace xsaudit
