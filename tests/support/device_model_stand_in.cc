// A program that resembles QEMU from outside: it keeps descriptors open and gives up the privileges
// that its QEMU options name, then waits to be killed. Started by stand_in.h, which passes in the
// environment the files that QEMU would have opened:
//
//   STAND_IN_OPEN     paths to open, one a line
//   STAND_IN_CONNECT  Unix sockets to connect to, one a line
//   STAND_IN_IGNORE   options that it accepts and ignores, one in each line
//   STAND_IN_READY    a descriptor to write a byte to once all is done
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

std::vector<std::string> lines_of(const char* variable) {
  const char* const value = std::getenv(variable);
  std::istringstream text(value == nullptr ? "" : value);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

int connect_to(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    die(path);
  }
  return descriptor;
}

// "UID:GID" or the name of a user, as -runas takes them.
void run_as(const std::string& user) {
  uid_t uid = 0;
  gid_t gid = 0;
  const std::size_t colon = user.find(':');
  if (colon != std::string::npos) {
    uid = static_cast<uid_t>(std::stoul(user));
    gid = static_cast<gid_t>(std::stoul(user.substr(colon + 1)));
  } else {
    const passwd* const entry = getpwnam(user.c_str());
    if (entry == nullptr) die("getpwnam " + user);
    uid = entry->pw_uid;
    gid = entry->pw_gid;
  }
  if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0) die("runas " + user);
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<int> of_the_store;
  for (const std::string& path : lines_of("STAND_IN_OPEN")) {
    const int descriptor = open(path.c_str(), O_RDWR);
    if (descriptor < 0) die(path);
    // QEMU restricts these by making them useless, not by an ioctl (xentoolcore_restrict_all).
    if (path.find("hypercall") != std::string::npos) of_the_store.push_back(descriptor);
  }
  for (const std::string& path : lines_of("STAND_IN_CONNECT")) {
    of_the_store.push_back(connect_to(path));
  }

  const std::vector<std::string> ignored_list = lines_of("STAND_IN_IGNORE");
  const std::set<std::string> ignored(ignored_list.begin(), ignored_list.end());
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto value_of = [&](const std::string& option) -> std::string {
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      if (arguments[i] == option && ignored.count(option) == 0) return arguments[i + 1];
    }
    return {};
  };
  const auto is_given = [&](const std::string& option) {
    for (const std::string& argument : arguments) {
      if (argument == option && ignored.count(option) == 0) return true;
    }
    return false;
  };

  // The order is QEMU's: os_setup_post() changes the root before the user.
  const int null = open("/dev/null", O_RDONLY);
  const std::string root = value_of("-chroot");
  if (!root.empty() && (chroot(root.c_str()) != 0 || chdir("/") != 0)) die("chroot " + root);
  const std::string user = value_of("-runas");
  if (!user.empty()) run_as(user);
  if (is_given("-xen-domid-restrict")) {
    for (const int descriptor : of_the_store) dup2(null, descriptor);
  }
  close(null);

  prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the uid changed
  const std::vector<std::string> ready = lines_of("STAND_IN_READY");
  if (!ready.empty()) {
    const int descriptor = std::stoi(ready.front());
    if (write(descriptor, "r", 1) != 1) die("ready");
    close(descriptor);
  }
  while (true) pause();
}
