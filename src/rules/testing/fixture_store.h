// A store of a few lines, as the tests of a rule have them: lines of `xenstore-ls -fp` (or -f) in
// any order. Unlike a recording it need not show everything: a node above another is there with it,
// owned by domain 0 and closed to everybody else, and what no line shows is absent. Stateless; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace xsaudit {

struct FixtureStore {
  std::string_view text;
  Coverage coverage = Coverage::whole;  // excerpt: what no line shows may be there all the same
  Daemon daemon = Daemon::unknown;
  // Entries ("r5") that the daemon ignores, wherever they are; nothing: it is not known.
  std::optional<std::vector<std::string>> stale = std::nullopt;
  std::optional<ClientState> clients = std::nullopt;
  std::optional<bool> any_domid = std::nullopt;
};

// An error names the line, counted from 1.
Result<Snapshot> make_small_store(const FixtureStore& store);

}  // namespace xsaudit
