// The devices of a store for people: a table with one line each for the toolstack's record, the
// states of frontend and backend, the kernel's view if it is known, and the rules with findings
// about the device; below it the notes about guests, mostly about their device models. Every name
// and value is escaped and shortened to a width. Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "audit/result.h"

namespace xsaudit {

// The lines for one readable source. Rules that were not evaluated are listed if `result` contains
// them.
std::string write_device_lines(const AuditResult& result, std::size_t source);

}  // namespace xsaudit
