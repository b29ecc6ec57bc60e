#include "cli/command_line.h"

#include <CLI/Error.hpp>
#include <cstdio>

#include "cli/output.h"

namespace xsaudit {

std::optional<int> parse(CLI::App& app, const Arguments& arguments) {
  try {
    app.parse(Arguments(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::ParseError& error) {
    return fail(Error{"", error.what(), "see " + app.get_name() + " --help"});
  }
}

int print(std::string_view text, int status) {
  const auto written = write_standard_output(text);
  return written ? status : fail(written.error());
}

int fail(const std::string& message) {
  const std::string line = "xsaudit: " + message + "\n";
  // Nobody is left to tell if this fails; the exit status says it.
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
  return kExitNotAudited;
}

int fail(const Error& error) { return fail(error.text()); }

}  // namespace xsaudit
