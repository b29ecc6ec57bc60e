// A process that this one forks to be served by it, with a pipe in each direction. To be started
// while there is one thread. Used by one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

struct ChildProcess {
  // What ends it, if it has not ended before: the kernel kills it with its parent, or it notices
  // that nothing comes any more.
  enum class End : std::uint8_t { killed_with_parent, at_end_of_input };

  pid_t process = 0;    // 0: none
  FileDescriptor to;    // what it reads
  FileDescriptor from;  // what it writes

  // Runs `serve` in the new process, which ends when that returns; it has the descriptors of this
  // process and may close them. `place` is for errors.
  static Result<ChildProcess> start(const std::string& place, End end,
                                    const std::function<void(int from, int to)>& serve);

  // What must stay open in this process.
  std::vector<int> descriptors() const { return {to.get(), from.get()}; }
};

// Until that process has ended, or this one may not wait for it (a confined one may not).
void wait_for_end(pid_t process);

}  // namespace xsaudit
