// How a command gives up its power over the host (host/confinement.h), and the options that say so:
// --user, --no-confine. A plain value; used by one thread, once.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "store/error.h"

namespace xsaudit {

struct ConfinementChoice {
  std::string user;
  bool off = false;

  void add_to(CLI::App& app);

  // To be called when the store is recorded or the recordings are open, and before anything of them
  // is interpreted; `keep` stays open beside standard input, output and error. What the kernel
  // cannot do is said on standard error. An error only where `user` is not to be had.
  Status confine(std::vector<int> keep) const;
};

}  // namespace xsaudit
