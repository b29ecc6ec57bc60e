// A child process that serves this one, with a pipe in each direction. To be started while there is
// one thread. Used by one thread.
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
  // How the child ends if it does not end earlier: the kernel kills it with its parent, or it
  // notices the end of its input.
  enum class End : std::uint8_t { killed_with_parent, at_end_of_input };

  pid_t process = 0;    // 0: not started
  FileDescriptor to;    // the child's input
  FileDescriptor from;  // the child's output

  // Runs `serve` in the child, which ends when that returns. The child has the descriptors of this
  // process and may close them. `place` is for errors.
  static Result<ChildProcess> start(const std::string& place, End end,
                                    const std::function<void(int from, int to)>& serve);

  // The descriptors that must stay open in this process.
  std::vector<int> descriptors() const { return {to.get(), from.get()}; }
};

// Waits until the child has ended. Returns at once in a confined process, which may not wait.
void wait_for_end(pid_t process);

}  // namespace xsaudit
