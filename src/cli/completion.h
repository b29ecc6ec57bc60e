// The words that can follow in a command line, for the completion of a shell: commands, options,
// their values, ids of rules, paths of the schema. The names of values in the declarations of the
// commands decide what completes a value: FILE, DIR, PATH, RULE. Reads no store and no file. For
// the thread that runs commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "schema/schema.h"

namespace xsaudit {

struct Completion {
  std::string word;
  std::string description;
};

// What only the shell can list.
enum class ShellWords { none, files, directories, users };

struct Completions {
  std::vector<Completion> words;  // each replaces the whole last word; one in '=' or '/' goes on
  ShellWords of_shell = ShellWords::none;
  std::string before;  // the part of the last word in front of what the shell lists
};

// `words`: those after "xsaudit", of which the last, which may be empty, is to be completed.
Completions completions(const Arguments& words);

// The paths of the schema that begin with `text`, up to their next component. A component stands
// for a variable if it is a value or the name of it: "/local/domain/3/na", "~/device/$KIND/".
std::vector<Completion> schema_paths(const Schema& schema, std::string_view text);

// A line for each word, "WORD<tab>DESCRIPTION"; for the shell "<tab>files<tab>BEFORE". A word has
// neither tabs nor newlines.
std::string completion_lines(const Completions& completions);

}  // namespace xsaudit
