// The host's users, asked for as the toolstack asks for them: through the C library, so that every
// source of users the host has (files, directories) counts. Any thread may call these; none of them
// once the process is confined, for they open files.
#pragma once

#include <string>
#include <vector>

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

// Absent: no such user.
Fact<User> find_user(const std::string& name);

// The users whose uid is in `range`, by uid. A range of one uid is asked for by that uid; a longer
// one is picked from the list of all users, which a host's directory service may keep to itself:
// then only the users it does list are here. Unknown when there are more than kMaxUsers.
Fact<std::vector<User>> find_users(UidRange range);

inline constexpr std::size_t kMaxUsers = 100'000;

}  // namespace xsaudit
