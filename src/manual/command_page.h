// Pages of the manual for the program and for each of its commands, from their declarations.
// Stateless; for the thread that runs commands.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace xsaudit {

std::string program_page(std::string_view day);
std::string command_page(const Command& command, std::string_view day);

}  // namespace xsaudit
