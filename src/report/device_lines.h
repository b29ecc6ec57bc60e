// The devices of a store for people: one line each with the toolstack's record, the states of
// frontend and backend, and where these contradict each other, in columns; below them what rules
// say of guests in a line, their device models above all. Every name and value is escaped and cut
// to a width. Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "audit/result.h"

namespace xsaudit {

// The lines for one readable source. Rules that were not evaluated are listed if `result` contains
// them.
std::string write_device_lines(const AuditResult& result, std::size_t source);

}  // namespace xsaudit
