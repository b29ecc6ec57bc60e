#include "attempts.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>

namespace xsaudit {
namespace {

class Attempts {
 public:
  explicit Attempts(int report) : report_(report) {}

  // By a call that returns a negative number and sets errno where it fails.
  void made(const char* name, long result) {
    const int error = result < 0 ? errno : 0;
    std::ostringstream line;
    line << name << ' ' << error << '\n';
    const std::string text = line.str();
    if (write(report_, text.data(), text.size()) < 0) _exit(99);
  }

  // By a call that makes a process: a new one ends at once.
  void made_process(const char* name, long result) {
    if (result == 0) _exit(0);
    made(name, result);
    if (result > 0) waitpid(static_cast<pid_t>(result), nullptr, 0);
  }

 private:
  int report_;
};

void try_sockets(Attempts& attempts, const Targets& targets) {
  attempts.made("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
  attempts.made("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
  attempts.made("socket-inet6", socket(AF_INET6, SOCK_DGRAM, 0));
  attempts.made("socket-netlink", socket(AF_NETLINK, SOCK_RAW, 0));
  int pair[2];
  attempts.made("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  targets.socket.copy(address.sun_path, sizeof address.sun_path - 1);
  attempts.made("connect", connect(targets.connected, reinterpret_cast<const sockaddr*>(&address),
                                   sizeof address));
  attempts.made("sendto", sendto(targets.connected, "x", 1, MSG_NOSIGNAL,
                                 reinterpret_cast<const sockaddr*>(&address), sizeof address));
  msghdr message{};
  attempts.made("sendmsg", sendmsg(targets.connected, &message, MSG_NOSIGNAL));
  attempts.made("recvmsg", recvmsg(targets.connected, &message, MSG_DONTWAIT));
}

void try_files(Attempts& attempts, const Targets& targets) {
  const char* file = targets.file.c_str();
  const std::string other = targets.file + ".other";
  attempts.made("open-read", open(file, O_RDONLY));
  attempts.made("open-write", open(file, O_WRONLY));
  attempts.made("open-append", open(file, O_WRONLY | O_APPEND));
  attempts.made("creat", creat(other.c_str(), 0600));
  attempts.made("open-temporary", open(targets.directory.c_str(), O_TMPFILE | O_RDWR, 0600));
  attempts.made("open-directory", open(targets.directory.c_str(), O_RDONLY | O_DIRECTORY));
  attempts.made("open-own-memory", open("/proc/self/mem", O_RDWR));
  open_how how{};
  attempts.made("openat2", syscall(SYS_openat2, AT_FDCWD, file, &how, sizeof how));
  attempts.made("memfd", syscall(SYS_memfd_create, "x", 0U));
  attempts.made("truncate", truncate(file, 1));
  attempts.made("chmod", chmod(file, 0600));
  attempts.made("chown", chown(file, 0, 0));
  attempts.made("setxattr", setxattr(file, "user.x", "y", 1, 0));
  attempts.made("link", link(file, other.c_str()));
  attempts.made("unlink", unlink(other.c_str()));
  attempts.made("rename", rename(file, other.c_str()));
  attempts.made("rename-back", rename(other.c_str(), file));
  attempts.made("symlink", symlink(file, other.c_str()));
  attempts.made("mkdir", mkdir((targets.directory + "/below").c_str(), 0700));
  attempts.made("rmdir", rmdir((targets.directory + "/below").c_str()));
  attempts.made("mknod", mknod((targets.directory + "/fifo").c_str(), S_IFIFO | 0600, 0));
  attempts.made("mount", mount(nullptr, "/nonexistent", nullptr, 0, nullptr));
  attempts.made("umount", umount2("/nonexistent", 0));
  attempts.made("chdir", chdir("/"));
  attempts.made("chroot", chroot("/"));
}

// Asking for a file by name, if only how it is.
void try_names(Attempts& attempts, const Targets& targets) {
  const char* file = targets.file.c_str();
  struct stat status {};
  attempts.made("newfstatat", syscall(SYS_newfstatat, AT_FDCWD, file, &status, 0));
  attempts.made("newfstatat-no-follow",
                syscall(SYS_newfstatat, AT_FDCWD, file, &status, AT_SYMLINK_NOFOLLOW));
  attempts.made("newfstatat-empty-path",
                syscall(SYS_newfstatat, AT_FDCWD, file, &status, AT_EMPTY_PATH));
  struct statx more {};
  attempts.made("statx", syscall(SYS_statx, AT_FDCWD, file, AT_EMPTY_PATH, 0, &more));
  attempts.made("access", access(file, R_OK));
  attempts.made("faccessat", faccessat(AT_FDCWD, file, R_OK, 0));
  char text[8];
  attempts.made("readlink", readlink("/proc/self/exe", text, sizeof text));
  struct statfs file_system {};
  attempts.made("statfs", statfs(file, &file_system));
  attempts.made("getxattr", getxattr(file, "user.x", text, sizeof text));
  attempts.made("inotify", inotify_init1(0));
  attempts.made("name-to-handle", syscall(SYS_name_to_handle_at, AT_FDCWD, file, nullptr, 0, 0));
  attempts.made("getcwd", getcwd(text, 1) == nullptr && errno == EPERM ? -1 : 0);
}

void try_processes(Attempts& attempts) {
  char name[] = "/nonexistent";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  attempts.made("execve", execve(name, arguments, environment));
  attempts.made("execveat", syscall(SYS_execveat, AT_FDCWD, name, arguments, environment, 0));
  attempts.made_process("fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  clone_args clone3{};
  clone3.exit_signal = SIGCHLD;
  attempts.made_process("clone3", syscall(SYS_clone3, &clone3, sizeof clone3));

  const pid_t parent = getppid();
  attempts.made("ptrace", ptrace(PTRACE_PEEKDATA, parent, nullptr, nullptr));
  attempts.made("kill", kill(parent, 0));
  attempts.made("tgkill", syscall(SYS_tgkill, parent, parent, 0));
  attempts.made("tkill", syscall(SYS_tkill, parent, 0));
  attempts.made("sigqueue", sigqueue(parent, 0, {}));
  attempts.made("pidfd", syscall(SYS_pidfd_open, parent, 0));
  int local = 0;
  const iovec here{&local, sizeof local};
  attempts.made("write-memory", process_vm_writev(parent, &here, 0, &here, 0, 0));
  attempts.made("limits-of-another", prlimit(parent, RLIMIT_CORE, nullptr, nullptr));
  const rlimit limit{0, 0};
  attempts.made("limits", prlimit(0, RLIMIT_CORE, &limit, nullptr));
  attempts.made("priority", setpriority(PRIO_PROCESS, static_cast<id_t>(parent), 0));
  attempts.made("setns", setns(-1, 0));
  attempts.made("unshare", unshare(CLONE_FILES));
  attempts.made("waitpid", waitpid(-1, nullptr, WNOHANG));
}

void try_the_rest(Attempts& attempts, const Targets& targets) {
  attempts.made("setuid", setresuid(0, 0, 0));
  attempts.made("setgid", setresgid(0, 0, 0));
  attempts.made("prctl", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
  attempts.made("fcntl-owner", fcntl(targets.connected, F_SETOWN, getpid()));
  attempts.made("ioctl", ioctl(STDIN_FILENO, FIOCLEX));
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempts.made("memory", memory == MAP_FAILED ? -1 : 0);
  attempts.made("mprotect-executable", mprotect(memory, 4096, PROT_READ | PROT_EXEC));
  void* code = mmap(nullptr, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempts.made("mmap-executable", code == MAP_FAILED ? -1 : 0);
  attempts.made("add-key", syscall(SYS_add_key, nullptr, nullptr, nullptr, 0, 0));
  attempts.made("bpf", syscall(SYS_bpf, -1, nullptr, 0));
  attempts.made("userfaultfd", syscall(SYS_userfaultfd, ~0));
  attempts.made("shmget", syscall(SYS_shmget, 0, 0, 0));
  attempts.made("dup", dup(targets.connected));
}

}  // namespace

void try_everything(const Targets& targets, int report) {
  Attempts attempts(report);
  try_sockets(attempts, targets);
  try_files(attempts, targets);
  try_names(attempts, targets);
  try_processes(attempts);
  try_the_rest(attempts, targets);
}

std::map<std::string, int> parse_attempts(const std::string& report) {
  std::istringstream lines(report);
  std::map<std::string, int> attempts;
  std::string name;
  int error = 0;
  while (lines >> name >> error) attempts[name] = error;
  return attempts;
}

}  // namespace xsaudit
