// What a command takes from the command line: its options and arguments, where their values go, and
// what its help says of them. A front of CLI11, which command_line.cc alone includes, because it
// takes seconds to compile; the names are CLI11's. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/verdict.h"
#include "base/error.h"
#include "cli/command.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace xsaudit {

// An option, a flag or an argument. Belongs to its command line.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(option) {}

  Option* type_name(const char* name);  // what the help calls its value
  Option* group(const char* title);     // the heading under which the help has it
  Option* required();
  Option* capture_default_str();  // the help shows the value that it has now
  Option* delimiter(char between);
  Option* one_at_a_time();  // takes one value each time that it is given, not all that follow
  Option* one_of(std::vector<std::string> values);
  Option* between(std::int64_t least, std::int64_t most);
  // `problem` says what is wrong with a value, nothing if it is good.
  Option* check(std::function<std::string(const std::string&)> problem);

  // For what sets and shows options whatever they are.
  std::vector<std::string> long_names() const;
  bool is_flag() const;
  bool given() const;
  std::vector<std::string> values() const;  // as they were given
  std::string default_text() const;
  // As if these values had been given; what is wrong with them, or nothing.
  std::string give(const std::vector<std::string>& values);

 private:
  CLI::Option& option_;
};

class CommandLine {
 public:
  CommandLine(const char* description, const char* name);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // `names` as in "-q,--quiet"; without dashes it is an argument. The value must outlive this.
  Option* add_flag(const char* names, bool& value, const char* help);
  Option* add_option(const char* names, std::string& value, const char* help);
  Option* add_option(const char* names, unsigned& value, const char* help);
  Option* add_option(const char* names, std::size_t& value, const char* help);
  Option* add_option(const char* names, std::vector<std::string>& values, const char* help);
  Option* add_option(const char* names, std::vector<std::int64_t>& values, const char* help);
  std::deque<Option>& options() { return options_; }
  const std::deque<Option>& options() const { return options_; }

  void footer(const char* text);
  // One of its subcommands must be given.
  CommandLine* add_subcommand(const char* name, const char* description);
  bool given() const;  // of a subcommand

  // Nothing if the arguments were accepted, else what to exit with: 0 after --help, 2 after a
  // mistake, which has then been printed.
  std::optional<int> parse(const Arguments& arguments);

 private:
  explicit CommandLine(CLI::App& app);
  Option* added(CLI::Option* option) { return &options_.emplace_back(*option); }

  std::unique_ptr<CLI::App> own_;  // null for a subcommand
  CLI::App& app_;
  std::deque<Option> options_;
  std::vector<std::unique_ptr<CommandLine>> subcommands_;
};

// The text on standard output; the status is the one given, or kExitNotAudited if that failed.
int print(std::string_view text, int status = kExitClean);

// "xsaudit: message" on standard error; the status is kExitNotAudited.
int fail(const Error& error);
int fail(const std::string& message);

}  // namespace xsaudit
