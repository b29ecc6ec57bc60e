// How a command gives up its privileges (host/confine/confinement.h), and the options for it:
// --user, --no-sandbox. A plain value; used by one thread, once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace xsaudit {

class CommandLine;

struct ConfinementChoice {
  std::string user;
  bool off = false;

  void add_to(CommandLine& app);

  // Confines the process. To be called when recordings are open, and before any byte of them or of
  // a live store is read. `keep` stays open in addition to standard input, output and error;
  // `open_last` connects to the store. Parts that the kernel lacks are reported on standard error.
  // An error only if the process cannot become `user`.
  Status confine(std::vector<int> keep, const std::function<void()>& open_last = {}) const;
  // The same for a process that this one has started and that ends with it. Reports nothing,
  // because this process does; false if it cannot become `user`.
  bool confine_child(std::vector<int> keep, const std::function<void()>& open_last) const;
  // For the process that watches the store. It writes nothing and is always confined; standard
  // input, output and error are closed, too.
  bool confine_watcher(std::vector<int> keep) const;
};

}  // namespace xsaudit
