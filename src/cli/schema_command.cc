// xsaudit schema check
#include "audit/wording.h"
#include "cli/command_line.h"
#include "cli/knowledge.h"

namespace xsaudit {

int run_schema(const Arguments& arguments) {
  KnowledgeOptions options;
  CLI::App app("The schema: what each path of a store should hold.\n", "xsaudit schema");
  app.require_subcommand(1);
  options.add_schema_to(
      *app.add_subcommand("check", "Load the schema, and say what is wrong with it."));
  if (const auto status = parse(app, arguments)) return *status;

  const auto schema = options.load_schema();
  if (!schema) return fail(schema.error());
  return print(plural(schema->entries().size(), "entry", "entries") + ": nothing wrong\n");
}

}  // namespace xsaudit
