// The command line of a command: its options and arguments, the variables that they set, and its
// help. A wrapper of CLI11 with CLI11's names; only command_line.cc includes CLI11, because it
// takes seconds to compile. Used by one thread.
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
#include "cli/command_description.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace xsaudit {

struct MonitoringFormat;

// An option, a flag or an argument. Belongs to its command line.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(option) {}

  Option* type_name(const char* name);  // the name of its value in the help
  Option* group(const char* title);     // its heading in the help
  Option* required();
  Option* capture_default_str();  // the help shows the present value
  Option* delimiter(char between);
  Option* one_at_a_time();  // takes one value for each occurrence, not all that follow
  Option* one_of(std::vector<std::string> values);
  Option* between(std::int64_t least, std::int64_t most);
  // `problem` returns the error of a value, or nothing if it is valid.
  Option* check(std::function<std::string(const std::string&)> problem);

  // For configuration.h, which sets and shows all options.
  std::vector<std::string> long_names() const;
  bool is_flag() const;
  bool given() const;
  std::vector<std::string> values() const;  // as given
  std::string default_text() const;
  OptionDescription description() const;
  // Sets the values as if they had been given; returns an error, or nothing.
  std::string give(const std::vector<std::string>& values);

 private:
  CLI::Option& option_;
  std::string value_name_;
  std::vector<std::string> choices_;
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
  // Makes one of the subcommands mandatory.
  CommandLine* add_subcommand(const char* name, const char* description);
  bool given() const;  // whether this subcommand was given

  // Nothing if the arguments were accepted, else the exit status: 0 after --help, 2 after an error,
  // which has been printed.
  std::optional<int> parse(const Arguments& arguments);

 private:
  explicit CommandLine(CLI::App& app);
  Option* added(CLI::Option* option) { return &options_.emplace_back(*option); }
  CommandDescription description() const;

  std::unique_ptr<CLI::App> own_;  // null for a subcommand
  CLI::App& app_;
  std::deque<Option> options_;
  std::vector<std::unique_ptr<CommandLine>> subcommands_;
};

// Prints the text on standard output. Returns `status`, or kExitNotAudited if printing failed.
int print(std::string_view text, int status = kExitClean);

// Prints "xsaudit: message" on standard error: a warning, after which the command goes on.
void complain(const std::string& message);
void complain(const Error& error);

// The same, for an error that ends the command. Returns kExitNotAudited. After fail_as() it also
// prints that format's report of a failure on standard output, and returns its exit status.
[[nodiscard]] int fail(const Error& error);
[[nodiscard]] int fail(const std::string& message);
void fail_as(const MonitoringFormat* format);

}  // namespace xsaudit
