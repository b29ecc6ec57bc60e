#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "cli/output.h"
#include "report/report.h"

namespace xsaudit {
namespace {

struct Spelling {
  std::string_view old;
  const char* option;
};

// Collections of test cases outside of this repository pass these two. They are not documented, and
// a configuration file does not accept them. Where --at is an option itself, it takes a time; a
// path of the store begins with '/'.
constexpr std::array<Spelling, 2> kOldSpellings = {{
    {"--at", "--root-path"},
    {"--settle", "--recheck-after"},
}};

// "--settle" or "--settle=5", for a command that has the option. `next` is the argument after it.
void replace_old_spelling(const CLI::App& app, std::string& argument, std::string_view next) {
  const std::size_t end = std::min(argument.find('='), argument.size());
  const std::string_view value =
      end < argument.size() ? std::string_view(argument).substr(end + 1) : next;
  for (const Spelling& spelling : kOldSpellings) {
    if (std::string_view(argument).substr(0, end) != spelling.old) continue;
    if (app.get_option_no_throw(spelling.option) == nullptr) return;
    const bool new_meaning = app.get_option_no_throw(std::string(spelling.old)) != nullptr;
    if (new_meaning && !value.starts_with('/')) return;
    argument.replace(0, end, spelling.option);
    return;
  }
}

// A command runs once for each process, on one thread.
const MonitoringFormat* failure_format = nullptr;

// Set while describe() runs a command: parse() then describes its command line and ends it.
CommandDescription* wanted_description = nullptr;

OptionDescription description_of(const CLI::Option& option) {
  OptionDescription out;
  out.argument = option.get_positional();
  if (out.argument) {
    out.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  }
  out.help = option.get_description();
  out.required = option.get_required();
  return out;
}

}  // namespace

Option* Option::type_name(const char* name) {
  option_.type_name(name);
  value_name_ = name;
  return this;
}

Option* Option::group(const char* title) {
  option_.group(title);
  return this;
}

Option* Option::required() {
  option_.required();
  return this;
}

Option* Option::capture_default_str() {
  option_.capture_default_str();
  return this;
}

Option* Option::delimiter(char between) {
  option_.delimiter(between);
  return this;
}

Option* Option::one_at_a_time() {
  option_.allow_extra_args(false);
  return this;
}

Option* Option::one_of(std::vector<std::string> values) {
  choices_ = values;
  option_.check(CLI::IsMember(std::move(values)));
  return this;
}

Option* Option::between(std::int64_t least, std::int64_t most) {
  option_.check(CLI::Range(least, most).description(""));
  return this;
}

Option* Option::check(std::function<std::string(const std::string&)> problem) {
  option_.check(std::move(problem));
  return this;
}

std::vector<std::string> Option::long_names() const { return option_.get_lnames(); }

bool Option::is_flag() const { return option_.get_expected_max() == 0; }

bool Option::given() const { return option_.count() > 0; }

std::vector<std::string> Option::values() const { return option_.results(); }

std::string Option::default_text() const { return option_.get_default_str(); }

OptionDescription Option::description() const {
  OptionDescription out = description_of(option_);
  out.value = value_name_;
  out.choices = choices_;
  out.default_text = option_.get_default_str();
  if (option_.get_group() != "Options") out.group = option_.get_group();
  out.repeated = option_.get_expected_max() > 1;
  return out;
}

std::string Option::give(const std::vector<std::string>& values) {
  try {
    for (const std::string& value : values) option_.add_result(value);
    option_.run_callback();
    return {};
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
}

CommandLine::CommandLine(const char* description, const char* name)
    : own_(std::make_unique<CLI::App>(description, name)), app_(*own_) {}

CommandLine::CommandLine(CLI::App& app) : app_(app) {}

CommandLine::~CommandLine() = default;

Option* CommandLine::add_flag(const char* names, bool& value, const char* help) {
  return added(app_.add_flag(names, value, help));
}

Option* CommandLine::add_option(const char* names, std::string& value, const char* help) {
  return added(app_.add_option(names, value, help));
}

Option* CommandLine::add_option(const char* names, unsigned& value, const char* help) {
  return added(app_.add_option(names, value, help));
}

Option* CommandLine::add_option(const char* names, std::size_t& value, const char* help) {
  return added(app_.add_option(names, value, help));
}

Option* CommandLine::add_option(const char* names, std::vector<std::string>& values,
                                const char* help) {
  return added(app_.add_option(names, values, help));
}

Option* CommandLine::add_option(const char* names, std::vector<std::int64_t>& values,
                                const char* help) {
  return added(app_.add_option(names, values, help));
}

void CommandLine::footer(const char* text) { app_.footer(text); }

CommandLine* CommandLine::add_subcommand(const char* name, const char* description) {
  app_.require_subcommand(1);
  subcommands_.emplace_back(new CommandLine(*app_.add_subcommand(name, description)));
  return subcommands_.back().get();
}

bool CommandLine::given() const { return app_.parsed(); }

CommandDescription CommandLine::description() const {
  CommandDescription out;
  out.name = app_.get_name();
  out.description = app_.get_description();
  out.footer = app_.get_footer();
  out.options.push_back(description_of(*app_.get_help_ptr()));
  for (const Option& option : options_) out.options.push_back(option.description());
  for (const auto& command : subcommands_) out.subcommands.push_back(command->description());
  return out;
}

// CLI11 throws for --help as well as for mistakes.
std::optional<int> CommandLine::parse(const Arguments& arguments) {
  if (wanted_description != nullptr) {
    *wanted_description = description();
    return kExitClean;
  }
  Arguments reversed(arguments.rbegin(), arguments.rend());  // CLI11 takes them last first
  for (std::size_t i = 0; i < reversed.size(); ++i) {
    replace_old_spelling(app_, reversed[i], i > 0 ? std::string_view(reversed[i - 1]) : "");
  }
  try {
    app_.parse(std::move(reversed));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return print(app_.help());
  } catch (const CLI::ParseError& error) {
    return fail(Error{"", error.what(), "see " + app_.get_name() + " --help"});
  }
}

CommandDescription describe(const Command& command) {
  CommandDescription description;
  wanted_description = &description;
  (void)command.run({});
  wanted_description = nullptr;
  return description;
}

int print(std::string_view text, int status) {
  const auto written = write_standard_output(text);
  return written ? status : fail(written.error());
}

void complain(const std::string& message) {
  const std::string line = "xsaudit: " + message + "\n";
  // If this fails, the exit status alone reports the error.
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
}

void complain(const Error& error) { complain(error.text()); }

int fail(const std::string& message) {
  complain(message);
  if (failure_format == nullptr) return kExitNotAudited;
  (void)write_standard_output(failure_format->not_audited(message));
  return failure_format->exit_status_not_audited;
}

int fail(const Error& error) { return fail(error.text()); }

void fail_as(const MonitoringFormat* format) { failure_format = format; }

}  // namespace xsaudit
