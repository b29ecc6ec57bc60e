// xsaudit schema list|check|match|export
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/escape.h"
#include "base/file_descriptor.h"
#include "base/system_io.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/options/policy.h"
#include "schema/schema_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kSchemaDescription =
    "Lists and checks the schema, which defines the value and the permissions of each path of a\n"
    "store. schema/README.md describes the language.\n";

// The given paths; "-" stands for the lines of standard input.
std::vector<std::string> all_paths(const std::vector<std::string>& given) {
  std::vector<std::string> paths;
  for (const std::string& path : given) {
    if (path != "-") {
      paths.push_back(path);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty()) paths.push_back(line);
    }
  }
  return paths;
}

// Prints the entry that governs each path; 1 if one of them has none.
int run_match(const Schema& schema, const std::vector<std::string>& paths) {
  std::string text;
  std::uint64_t unknown = 0;
  for (const std::string& path : paths) {
    const SchemaEntry* const entry = valid_path(path) ? schema.match(path).entry : nullptr;
    unknown += entry == nullptr;
    text +=
        escape(path) + (entry == nullptr ? ": no entry" : "  " + std::string(entry->key())) + "\n";
  }
  if (unknown > 0) {
    text += plural(unknown, "path", "paths") + " of " + std::to_string(paths.size()) +
            " without an entry\n";
  }
  return print(text, unknown == 0 ? kExitClean : kExitFindings);
}

// Writes the built-in schema into a directory, which is made if it does not exist. Existing files
// are not replaced.
int run_export(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST) {
    return fail(
        Error{escape(directory), std::string("cannot make it: ") + std::strerror(errno), ""});
  }
  const std::vector<YamlDocument> files = embedded_schema();
  for (const YamlDocument& file : files) {
    const std::string path = directory + "/" + std::string(file.file());
    const FileDescriptor opened(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0666));
    if (!opened.is_open() || !write_whole(opened.get(), file.text())) {
      return fail(Error{escape(path), std::string("cannot write it: ") + std::strerror(errno), ""});
    }
  }
  return print(plural(files.size(), "file", "files") + " written to " + escape(directory) + "\n");
}

}  // namespace

int run_schema(const Arguments& arguments) {
  PolicyOptions options;
  std::string format = "text";
  std::vector<std::string> paths;
  std::string directory;
  CommandLine app(kSchemaDescription, "xsaudit schema");
  CommandLine* const list = app.add_subcommand("list", "List every entry with its description.");
  list->add_option("-f,--format", format,
                   "format of the list; markdown prints the page schema/PATHS.md")
      ->one_of({"text", "markdown"})
      ->type_name("FORMAT")
      ->capture_default_str();
  CommandLine* const check =
      app.add_subcommand("check", "Load the schema and report errors in its files.");
  CommandLine* const match = app.add_subcommand(
      "match", "Print the entry that governs each path; exit with 1 if a path has no entry.");
  match
      ->add_option("PATH", paths,
                   "paths to look up; \"-\" reads one path per line from standard input")
      ->type_name("")
      ->required();
  CommandLine* const write = app.add_subcommand(
      "export", "Write the built-in schema into a directory, to start one of your own.");
  write->add_option("DIR", directory, "directory for the files, which must not exist in it")
      ->type_name("")
      ->required();
  for (CommandLine* const command : {list, check, match}) options.add_schema_to(*command);
  if (const auto status = app.parse(arguments)) return *status;

  if (write->given()) return run_export(directory);
  const auto schema = options.load_schema();
  if (!schema) return fail(schema.error());
  if (list->given()) return print(format == "text" ? schema_list(*schema) : schema_page(*schema));
  if (match->given()) return run_match(*schema, all_paths(paths));
  return print(plural(schema->entries().size(), "entry", "entries") + ": no errors\n");
}

}  // namespace xsaudit
