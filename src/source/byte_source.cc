#include "source/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace xsaudit {

Result<std::size_t> FileBytes::read(char* into, std::size_t size) {
  while (true) {
    const ssize_t count = ::read(descriptor_, into, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) {
      return Error{"", std::string("it cannot be read: ") + std::strerror(errno), ""};
    }
  }
}

Result<std::size_t> MemoryBytes::read(char* into, std::size_t size) {
  const std::size_t count = std::min(size, rest_.size());
  if (count > 0) std::memcpy(into, rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

}  // namespace xsaudit
