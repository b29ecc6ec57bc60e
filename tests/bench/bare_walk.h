// The limit for a walk: reads the same of every node as xsaudit does, over as many connections with
// as many requests in flight, and keeps nothing, checks nothing, notices nothing. Used by one
// thread.
#pragma once

#include <cstddef>
#include <string>

namespace xsaudit {

// How many nodes there were below "/"; throws std::runtime_error where the daemon fails.
std::size_t bare_walk(const std::string& socket, std::size_t connections, std::size_t in_flight);

}  // namespace xsaudit
