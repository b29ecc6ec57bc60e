#include "host/descriptors.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace xsaudit {
namespace {

constexpr unsigned kLast = ~0U;
// Where the limit of descriptors is higher than this, closing one by one would take seconds.
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

}  // namespace xsaudit
