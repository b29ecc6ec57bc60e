// Looking at what the store of this host speaks of outside of it, the processes of device models
// above all, while the program still may: what is found goes into the snapshot, as it would into a
// recording. Used by one thread, before the program is confined.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cli/live_store.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

struct HostLook {
  std::string when = "auto";  // in domain 0; always, never

  // --processes
  void add_to(CLI::App& app);
  bool wanted() const;

  // What could not be found out is unknown, or a gap of the snapshot. `privileged` are the domains
  // that may do everything, beside those that the store itself names.
  void look(const Schema& schema, const LiveOptions& live, std::vector<Domid> privileged,
            Snapshot& store) const;
};

}  // namespace xsaudit
