#include "cli/options/policy.h"

#include "cli/command_line.h"
#include "cli/configuration.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

void PolicyOptions::add_schema_to(CommandLine& app) {
  app.add_option("--schema", schema_directory,
                 "use the schema files in DIR instead of the built-in ones")
      ->type_name("DIR");
  app.add_option("--add-schema", added_schemas,
                 "use the schema files in DIR as well; may be repeated")
      ->type_name("DIR")
      ->one_at_a_time();
}

void PolicyOptions::add_to(CommandLine& app) {
  add_schema_to(app);
  app.add_option("--rules", rules_directory,
                 "use the rule files in DIR instead of the built-in ones")
      ->type_name("DIR");
  app.add_option("--add-rules", added_rules, "use the rule files in DIR as well; may be repeated")
      ->type_name("DIR")
      ->one_at_a_time();
}

Result<Schema> PolicyOptions::load_schema(Authors authors) const {
  std::vector<YamlDocument> files;
  if (schema_directory.empty()) files = embedded_schema();
  std::vector<std::string> directories = added_schemas;
  if (!schema_directory.empty()) directories.insert(directories.begin(), schema_directory);
  for (const std::string& directory : directories) {
    XSAUDIT_ASSIGN(const auto texts, read_trusted_directory(directory, authors));
    XSAUDIT_ASSIGN(const auto more, parse_yaml_files(texts));
    files.insert(files.end(), more.begin(), more.end());
  }
  return Schema::load(std::move(files));
}

Result<Policy> PolicyOptions::load(Authors authors) const {
  XSAUDIT_ASSIGN(auto schema, load_schema(authors));
  std::vector<RuleFile> files;
  std::vector<std::string> directories = added_rules;
  if (rules_directory.empty()) {
    files = embedded_rules();
  } else {
    directories.insert(directories.begin(), rules_directory);
  }
  for (const std::string& directory : directories) {
    XSAUDIT_ASSIGN(const auto texts, read_trusted_directory(directory, authors));
    XSAUDIT_ASSIGN(const auto more, parse_rule_files(texts));
    files.insert(files.end(), more.begin(), more.end());
  }
  XSAUDIT_ASSIGN(auto rules, RuleSet::load(files, schema));
  return Policy{std::move(schema), std::move(rules)};
}

}  // namespace xsaudit
