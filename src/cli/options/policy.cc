#include "cli/options/policy.h"

#include "cli/command_line.h"
#include "cli/configuration.h"

namespace xsaudit {

void PolicyOptions::add_schema_to(CommandLine& app) {
  app.add_option("--schema", schema_directory, "schema files in place of the built-in ones")
      ->type_name("DIR");
}

void PolicyOptions::add_to(CommandLine& app) {
  add_schema_to(app);
  app.add_option("--rules", rules_directory, "rule files in place of the built-in ones")
      ->type_name("DIR");
  app.add_option("--add-rules", added_rules, "more rule files, beside the others; may be repeated")
      ->type_name("DIR")
      ->one_at_a_time();
}

Result<Schema> PolicyOptions::load_schema() const {
  if (schema_directory.empty()) return Schema::load(embedded_schema());
  const auto files = read_trusted_directory(schema_directory);
  return files ? Schema::load(*files) : files.error();
}

Result<Policy> PolicyOptions::load() const {
  XSAUDIT_ASSIGN(auto schema, load_schema());
  std::vector<RuleFile> files;
  std::vector<std::string> directories = added_rules;
  if (rules_directory.empty()) {
    files = embedded_rules();
  } else {
    directories.insert(directories.begin(), rules_directory);
  }
  for (const std::string& directory : directories) {
    XSAUDIT_ASSIGN(const auto texts, read_trusted_directory(directory));
    XSAUDIT_ASSIGN(const auto more, parse_rule_files(texts));
    files.insert(files.end(), more.begin(), more.end());
  }
  XSAUDIT_ASSIGN(auto rules, RuleSet::load(files, schema));
  return Policy{std::move(schema), std::move(rules)};
}

}  // namespace xsaudit
