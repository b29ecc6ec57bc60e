// A store of a few lines in the tests of a rule: lines of `xenstore-ls -fp` (or -f) in any order.
// Unlike a recording it need not be complete: ancestors of a node exist, are owned by domain 0 and
// give no other domain access, and all other nodes are absent. Stateless; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace xsaudit {

struct FixtureStore {
  std::string_view text;
  Coverage coverage = Coverage::whole;  // excerpt: nodes without a line may exist
  Daemon daemon = Daemon::unknown;
  // Entries ("r5") that the daemon ignores, wherever they are; nothing: it is not known.
  std::optional<std::vector<std::string>> stale = std::nullopt;
  std::optional<ClientState> clients = std::nullopt;
  std::optional<bool> any_domid = std::nullopt;
  std::optional<std::string_view> log = std::nullopt;  // lines of a log of the daemon
};

// An error names the line, counted from 1.
Result<Snapshot> make_fixture_store(const FixtureStore& store);

}  // namespace xsaudit
