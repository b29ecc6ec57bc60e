// How a command gives up its power over the host (host/confine/confinement.h), and the options that
// say so:
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

  // To be called when recordings are open, and before anything of them or of a live store is read.
  // `keep` stays open beside standard input, output and error; `open_last` connects to the store.
  // What the kernel cannot do is said on standard error. An error only where `user` is not to be
  // had.
  Status confine(std::vector<int> keep, const std::function<void()>& open_last = {}) const;
  // The same for a process that this one has started, and that ends with it. Says nothing, as this
  // one does; false where `user` is not to be had.
  bool confine_child(std::vector<int> keep, const std::function<void()>& open_last) const;
  // For the process that watches the store, which writes nothing, and is confined in any case:
  // standard input, output and error are closed as well.
  bool confine_watcher(std::vector<int> keep) const;
};

}  // namespace xsaudit
