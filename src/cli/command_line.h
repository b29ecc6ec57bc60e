// What the commands share around CLI11: turning its exceptions into exit statuses and messages.
// CLI11 throws for --help as well as for mistakes; nothing of it leaves parse(). Used by one
// thread.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "audit/verdict.h"
#include "base/error.h"
#include "cli/command.h"

namespace xsaudit {

// Nothing if the arguments were accepted, else what to exit with: 0 after --help, 2 after a
// mistake, which has then been printed.
std::optional<int> parse(CLI::App& app, const Arguments& arguments);

// The text on standard output; the status is the one given, or kExitNotAudited if that failed.
int print(std::string_view text, int status = kExitClean);

// "xsaudit: message" on standard error; the status is kExitNotAudited.
int fail(const Error& error);
int fail(const std::string& message);

}  // namespace xsaudit
