#include "host/confine/confinement.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <system_error>
#include <thread>

#include "base/escape.h"
#include "host/confine/capabilities.h"
#include "host/facts/user_database.h"

namespace xsaudit {

namespace {

constexpr unsigned kLast = ~0U;
// With a higher limit of descriptors, closing each by its number would take seconds.
constexpr rlim_t kMaxOneByOne = 1 << 20;

bool close_range_of(unsigned first, unsigned last) {
  // By number: the C library may be older than the kernel (close_range came with Linux 5.9).
  if (syscall(SYS_close_range, first, last, 0U) == 0) return true;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const bool all = limit.rlim_cur <= kMaxOneByOne;
  const auto end = static_cast<unsigned>(all ? limit.rlim_cur : kMaxOneByOne);
  for (unsigned number = first; number < end; ++number) {
    close(static_cast<int>(number));
    if (number == last) return true;
  }
  return all;
}

}  // namespace

bool close_descriptors_but(const std::vector<int>& keep) {
  bool closed = true;
  unsigned next = 0;
  for (const int kept : keep) {
    const auto number = static_cast<unsigned>(kept);
    if (number > next) closed = close_range_of(next, number - 1) && closed;
    next = number + 1;
  }
  return close_range_of(next, kLast) && closed;
}

namespace {

std::string last_error() { return std::generic_category().message(errno); }

// The number of threads; 0 if unknown. A joined thread may be counted for a moment longer.
std::size_t count_threads() {
  constexpr int kPatience = 100;
  std::size_t threads = 0;
  for (int attempt = 0; attempt < kPatience; ++attempt) {
    struct stat tasks {};
    if (stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink < 3) return 0;
    threads = tasks.st_nlink - 2;  // a link for each thread, in addition to "." and ".."
    if (threads == 1) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return threads;
}

Result<User> user_to_become(const std::string& name) {
  const Fact<User> user = find_user(name);
  const std::string shown = escape_shortened(name);
  if (user.is_unknown()) return Error{"--user " + shown, user.reason(), {}};
  if (user.is_absent()) return Error{"--user " + shown, "there is no such user", {}};
  if (user->uid == 0) {
    return Error{"--user " + shown, "its uid is 0, so no privilege would be dropped", {}};
  }
  return *user;
}

bool is(const User& user) {
  uid_t uid = 0, effective_uid = 0, saved_uid = 0;
  gid_t gid = 0, effective_gid = 0, saved_gid = 0;
  if (getresuid(&uid, &effective_uid, &saved_uid) != 0) return false;
  if (getresgid(&gid, &effective_gid, &saved_gid) != 0) return false;
  return uid == user.uid && effective_uid == user.uid && saved_uid == user.uid && gid == user.gid &&
         effective_gid == user.gid && saved_gid == user.gid;
}

// The order matters: without the uid of root the other privileges cannot be given up.
Status become(const User& user) {
  const auto failed = [&](std::string what) -> Error {
    return {"--user " + escape_shortened(user.name), std::move(what), {}};
  };
  if (setgroups(0, nullptr) != 0) return failed("keeps its groups: " + last_error());
  if (setresgid(user.gid, user.gid, user.gid) != 0) return failed("gid: " + last_error());
  if (setresuid(user.uid, user.uid, user.uid) != 0) return failed("uid: " + last_error());
  if (!is(user) || getgroups(0, nullptr) != 0) return failed("the kernel kept some of the ids");
  if (setresuid(0, 0, 0) == 0) return failed("the uid of root can be taken back");
  return ok();
}

// The reason why capabilities remain, or an empty text.
std::string capabilities_left(bool no_new_privileges, std::size_t threads) {
  const Fact<Capabilities> own = own_capabilities();
  if (!own.is_known()) return own.reason();
  if ((own->permitted | own->effective | own->inheritable | own->ambient) != 0) {
    return "the kernel keeps some";
  }
  // A program whose file grants a capability of the bounding set would get it.
  if (own->bounding != 0 && !no_new_privileges) return "running a program may bring some back";
  if (threads == 0) return "without /proc, privileges of other threads cannot be checked";
  if (threads != 1) return "threads that were running before keep theirs";
  return {};
}

}  // namespace

std::vector<Confinement::Part> Confinement::missing() const {
  std::vector<Part> missing;
  std::copy_if(parts_.begin(), parts_.end(), std::back_inserter(missing),
               [](const Part& part) { return !part.in_force(); });
  return missing;
}

void Confinement::add(std::string name, bool in_force, std::string reason) {
  parts_.push_back({std::move(name), in_force ? std::string() : std::move(reason)});
}

Result<Confinement> confine(const ConfinementOptions& options) {
  Confinement confinement;
  Result<User> user = User{};
  if (!options.user.empty()) user = user_to_become(options.user);
  XSAUDIT_TRY(user);
  tzset();  // reads the time zone while files can be read

  std::vector<int> keep = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  keep.insert(keep.end(), options.descriptors.begin(), options.descriptors.end());
  std::sort(keep.begin(), keep.end());
  confinement.add("descriptors", close_descriptors_but(keep), "too many to close them one by one");

  if (options.open_last) options.open_last();

  const std::size_t threads = count_threads();
  empty_bounding_set();
  if (!options.user.empty()) {
    if (geteuid() == 0) {
      XSAUDIT_TRY(become(*user));
    }
    confinement.add("user", is(*user), "only root can change its uid");
  }
  drop_capabilities();
  if (options.end_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL);

  const bool no_new_privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  const std::string no_new_privileges_error = last_error();
  const std::string left = capabilities_left(no_new_privileges, threads);
  confinement.add("capabilities", left.empty(), left);
  confinement.add("no new privileges", no_new_privileges, no_new_privileges_error);

  const Status filtered =
      no_new_privileges ? install_seccomp_filter(threads, options.device_call, options.directory)
                        : Error{{}, "not without no_new_privs", {}};
  confinement.add("system calls", filtered.ok(), filtered.ok() ? "" : filtered.error().message);
  return confinement;
}

}  // namespace xsaudit
