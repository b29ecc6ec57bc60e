#include "host/facts/user_database.h"

#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
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

Fact<std::vector<User>> too_many_users() {
  return Fact<std::vector<User>>::unknown("the host has more than " + std::to_string(kMaxUsers) +
                                          " users");
}

void sort_users(std::vector<User>& users) {
  std::sort(users.begin(), users.end(), [](const User& a, const User& b) {
    return std::tie(a.uid, a.name) < std::tie(b.uid, b.name);
  });
}

// The users that `wanted` holds for, in the order of the file.
template <typename Wanted>
Fact<std::vector<User>> users_of_file(const std::string& file, Wanted wanted) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "re"),
                                                             std::fclose);
  std::vector<User> users;
  if (!open && errno == ENOENT) return users;
  if (!open) {
    return Fact<std::vector<User>>::unknown(file + " could not be read (" +
                                            std::generic_category().message(errno) + ")");
  }
  for (std::size_t seen = 0;; ++seen) {
    const Fact<User> user =
        look_up([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
          return fgetpwent_r(open.get(), entry, buffer, size, found);
        });
    if (user.is_unknown()) return Fact<std::vector<User>>::as_little_as(user);
    if (!user.is_known()) return users;
    if (seen == kMaxUsers) return too_many_users();
    // Lines of nsswitch.conf(5)'s compat mode: they stand for users of another source.
    const bool stands_for_others = user->name.starts_with('+') || user->name.starts_with('-');
    if (!stands_for_others && wanted(*user)) users.push_back(*user);
  }
}

}  // namespace

Fact<User> find_user_in(const std::string& file, const std::string& name) {
  const auto users = users_of_file(file, [&](const User& user) { return user.name == name; });
  if (!users.is_known()) return Fact<User>::as_little_as(users);
  return users->empty() ? Fact<User>::absent() : Fact<User>(users->front());
}

Fact<std::vector<User>> find_users_in(const std::string& file, UidRange range) {
  auto users = users_of_file(
      file, [&](const User& user) { return user.uid >= range.first && user.uid <= range.last; });
  if (users.is_known()) sort_users(users.value());
  return users;
}

#ifdef XSAUDIT_STATIC

Fact<User> find_user(const std::string& name) { return find_user_in("/etc/passwd", name); }

Fact<std::vector<User>> find_users(UidRange range) { return find_users_in("/etc/passwd", range); }

#else

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
  if (user.is_known()) return too_many_users();
  sort_users(users);
  return users;
}

#endif

}  // namespace xsaudit
