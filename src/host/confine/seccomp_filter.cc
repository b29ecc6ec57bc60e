#include "host/confine/seccomp_filter.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define XSAUDIT_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define XSAUDIT_SANITIZED
#endif
#endif

#ifdef XSAUDIT_SANITIZED
namespace {
bool filter_installed = false;
}
// LeakSanitizer calls this at exit: it looks for leaks by tracing its own process, which the filter
// refuses like any tracing.
extern "C" int __lsan_is_turned_off() {  // NOLINT(bugprone-reserved-identifier)
  return filter_installed ? 1 : 0;
}
#endif

namespace xsaudit {
namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

struct Permitted {
  int call;
  std::vector<scmp_arg_cmp> arguments = {};  // all must hold
};

scmp_arg_cmp argument_is(unsigned index, scmp_datum_t value) {
  return {.arg = index, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

scmp_arg_cmp argument_has(unsigned index, scmp_datum_t mask, scmp_datum_t value) {
  return {.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

std::vector<Permitted> permitted_calls() {
  constexpr scmp_datum_t kThread = CLONE_THREAD | CLONE_VM;
  constexpr scmp_datum_t kNewNamespace = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                         CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  const auto self = static_cast<scmp_datum_t>(getpid());
  return {
      // Calls on open descriptors: files, pipes, the connection to the store. None of these takes
      // the name of a file, or a socket address that is not null. newfstatat is not allowed,
      // although fstat() uses it: it takes names of files.
      {SCMP_SYS(read)},
      {SCMP_SYS(write)},
      {SCMP_SYS(writev)},  // used by the C library for its own error messages
      {SCMP_SYS(sendto), {argument_is(4, 0)}},
      {SCMP_SYS(recvfrom)},
      {SCMP_SYS(lseek)},  // stdio checks whether standard error is a pipe
      {SCMP_SYS(fsync)},  // before outputs are renamed
      {SCMP_SYS(close)},
      {SCMP_SYS(poll)},
      {SCMP_SYS(ppoll)},  // poll() on machines without that call
      // isatty(). TIOCSTI is not allowed: it types into the caller's terminal.
      {SCMP_SYS(ioctl), {argument_is(1, TCGETS)}},

      // Memory that is not executable.
      {SCMP_SYS(brk)},
      {SCMP_SYS(mmap), {argument_has(2, PROT_EXEC, 0)}},
      {SCMP_SYS(mprotect), {argument_has(2, PROT_EXEC, 0)}},
      {SCMP_SYS(mremap)},
      {SCMP_SYS(munmap)},
      {SCMP_SYS(madvise)},

      // Threads; clone() with other flags is not allowed.
      {SCMP_SYS(clone), {argument_has(0, kThread | kNewNamespace, kThread)}},
      {SCMP_SYS(futex)},
      {SCMP_SYS(set_robust_list)},
      {SCMP_SYS(rseq)},
      {SCMP_SYS(sched_yield)},
      {SCMP_SYS(sched_getaffinity)},  // for the number of threads
      {SCMP_SYS(gettid)},
      {SCMP_SYS(getpid)},

      // The time, random numbers, and the name of the host for a snapshot.
      {SCMP_SYS(clock_gettime)},
      {SCMP_SYS(timer_settime)},  // for a timer that was created before
      {SCMP_SYS(clock_nanosleep)},
      {SCMP_SYS(nanosleep)},
      {SCMP_SYS(getrandom)},
      {SCMP_SYS(uname)},

      // Signals to the process itself, and exit.
      {SCMP_SYS(rt_sigaction)},
      {SCMP_SYS(rt_sigprocmask)},
      {SCMP_SYS(rt_sigreturn)},
      {SCMP_SYS(tgkill), {argument_is(0, self)}},
      {SCMP_SYS(restart_syscall)},
      {SCMP_SYS(exit)},
      {SCMP_SYS(exit_group)},

#ifdef XSAUDIT_SANITIZED
      // UndefinedBehaviorSanitizer writes memory to a pipe to learn whether it can be read.
      {SCMP_SYS(pipe)},
      {SCMP_SYS(pipe2)},
      // Each thread sets up a signal stack and reads its own limits.
      {SCMP_SYS(sigaltstack)},
      {SCMP_SYS(prlimit64), {argument_is(0, 0), argument_is(2, 0)}},
#endif
  };
}

// The calls of a process that keeps the files of a directory.
std::vector<Permitted> permitted_in(int directory) {
  constexpr scmp_datum_t kNewFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  constexpr scmp_datum_t kOwnerOnly = 0600;
  const auto number = static_cast<scmp_datum_t>(directory);
  return {{SCMP_SYS(openat),
           {argument_is(0, number), argument_has(2, O_ACCMODE | kNewFile, kNewFile),
            argument_is(3, kOwnerOnly)}},
          {SCMP_SYS(unlinkat), {argument_is(0, number), argument_is(2, 0)}},
          {SCMP_SYS(fdatasync)}};
}

Error failed(const char* what, int negative_errno) {
  return {.place = {},
          .message = std::string(what) + ": " + std::generic_category().message(-negative_errno),
          .hint = {}};
}

}  // namespace

Status install_seccomp_filter(std::size_t threads, const std::optional<DeviceCall>& device_call,
                              int directory) {
  if (sizeof(void*) < 8) {
    return Error{{}, "the filter knows the system calls of 64-bit machines only", {}};
  }
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (!filter) return Error{{}, "libseccomp has no filter for this machine", {}};

  std::vector<Permitted> all = permitted_calls();
  if (device_call) {
    const auto descriptor = static_cast<scmp_datum_t>(device_call->descriptor);
    all.push_back(
        {SCMP_SYS(ioctl), {argument_is(0, descriptor), argument_is(1, device_call->request)}});
  }
  if (directory >= 0) {
    for (Permitted& more : permitted_in(directory)) all.push_back(std::move(more));
  }
  for (const Permitted& permitted : all) {
    const int error = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, permitted.call,
                                             static_cast<unsigned>(permitted.arguments.size()),
                                             permitted.arguments.data());
    if (error != 0) return failed("libseccomp refuses a rule", error);
  }
  // A filter cannot read the flags of clone3(), which are in memory. With ENOSYS the C library uses
  // clone() instead.
  if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
      error != 0) {
    return failed("libseccomp refuses a rule", error);
  }
  if (const int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
      error != 0 && threads != 1) {
    return failed("the kernel cannot filter all threads", error);
  }
  if (const int error = seccomp_load(filter.get()); error != 0) {
    return failed("the kernel does not take the filter", error);
  }
#ifdef XSAUDIT_SANITIZED
  filter_installed = true;
#endif
  return ok();
}

}  // namespace xsaudit
