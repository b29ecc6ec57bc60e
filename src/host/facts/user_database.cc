#include "host/facts/user_database.h"

#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <tuple>

namespace xsaudit {
namespace {

constexpr std::size_t kMaxEntryBytes = 1 << 20;

User to_user(const passwd& entry) {
  return {.name = entry.pw_name, .uid = entry.pw_uid, .gid = entry.pw_gid};
}

// getpwnam(3) lists what else the sources of users return for "no such user".
bool means_absent(int error) { return error == 0 || error == ENOENT || error == ESRCH; }

// `ask` is one of the reentrant calls of <pwd.h>, with all but the last four arguments given.
template <typename Ask>
Fact<User> look_up(Ask ask) {
  std::vector<char> buffer(4096);
  while (true) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = ask(&entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) return to_user(entry);
    if (error == EINTR) continue;
    if (error == ERANGE && buffer.size() < kMaxEntryBytes) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    if (means_absent(error)) return Fact<User>::absent();
    return Fact<User>::unknown("the host's users could not be asked for (" +
                               std::generic_category().message(error) + ")");
  }
}

}  // namespace

Fact<User> find_user(const std::string& name) {
  return look_up([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return getpwnam_r(name.c_str(), entry, buffer, size, found);
  });
}

Fact<std::vector<User>> find_users(UidRange range) {
  std::vector<User> users;
  if (range.first == range.last) {
    Fact<User> user = look_up([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
      return getpwuid_r(range.first, entry, buffer, size, found);
    });
    if (user.is_unknown()) return Fact<std::vector<User>>::as_little_as(user);
    if (user.is_known()) users.push_back(std::move(user.value()));
    return users;
  }

  // The C library has one position in the list of all users, for the whole process.
  static std::mutex position;
  const std::lock_guard lock(position);
  setpwent();
  std::size_t seen = 0;
  Fact<User> user;
  while (true) {
    user = look_up([](passwd* entry, char* buffer, std::size_t size, passwd** found) {
      return getpwent_r(entry, buffer, size, found);
    });
    if (!user.is_known() || ++seen > kMaxUsers) break;
    if (user->uid >= range.first && user->uid <= range.last) users.push_back(*user);
  }
  endpwent();
  if (user.is_unknown()) return Fact<std::vector<User>>::as_little_as(user);
  if (user.is_known()) {
    return Fact<std::vector<User>>::unknown("the host has more than " + std::to_string(kMaxUsers) +
                                            " users");
  }
  std::sort(users.begin(), users.end(), [](const User& a, const User& b) {
    return std::tie(a.uid, a.name) < std::tie(b.uid, b.name);
  });
  return users;
}

}  // namespace xsaudit
