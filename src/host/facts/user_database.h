// The host's users, looked up as the toolstack does: through the C library, so that every source of
// users on the host (files, directories) counts. A statically linked program reads only
// /etc/passwd: the C library would load modules that belong to another C library
// (nsswitch.conf(5)). Any thread may call these functions, but only before the process is confined:
// they open files.
#pragma once

#include <string>
#include <vector>

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

// Absent: no such user.
Fact<User> find_user(const std::string& name);

// The users whose uid is in `range`, by uid. A single uid is looked up directly; a longer range is
// selected from the list of all users. A directory service may not list its users: the result then
// contains only the listed ones. Unknown with more than kMaxUsers.
Fact<std::vector<User>> find_users(UidRange range);

inline constexpr std::size_t kMaxUsers = 100'000;

// The same of a file in the form of passwd(5). No such file: no such users.
Fact<User> find_user_in(const std::string& file, const std::string& name);
Fact<std::vector<User>> find_users_in(const std::string& file, UidRange range);

}  // namespace xsaudit
