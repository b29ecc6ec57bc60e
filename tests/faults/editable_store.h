// A recorded store that can be changed: what the faults are made in. Paths with values and
// permissions, in no other order than that of their paths; changed as domain 0 would change it over
// the daemon, and made into a snapshot again at the end. Copied for each fault. Used by one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace xsaudit {

class EditableStore {
 public:
  // Which domains are alive is said beside the store.
  EditableStore(const Snapshot& snapshot, std::vector<Domid> alive);

  // Sets a value. A node that is not there is made, and every missing one above it, with the
  // permissions of the nearest that is (xenstored core.c construct_node, for domain 0).
  void write(const std::string& path, std::string value);
  // Nothing if there is no such node.
  bool chmod(const std::string& path, const Permissions& permissions, bool recurse);
  bool remove(const std::string& path);  // with all below it
  bool forget(const std::string& path);  // its value could not be read

  // A listing does not say which daemon it is from, and a live store does.
  void set_daemon(Daemon daemon) { info_.daemon = daemon; }
  void set_alive(Domid domid);
  // What only a daemon's own dump tells: from the first on, that of all clients is known.
  void add_watch(Domid domid, std::string path);
  void add_transaction(Domid domid);
  // Gone, and everything it had is still there: a toolstack that died, a daemon that was not told.
  void set_dead(Domid domid);
  // Gone as C xenstored knows it since Xen 4.17: with the nodes it owned, and all below those
  // (domain.c domain_tree_remove_sub).
  void remove_owned(Domid domid);

  bool contains(const std::string& path) const { return nodes_.count(path) > 0; }
  const std::vector<Domid>& alive() const { return alive_; }
  Snapshot snapshot() const;

 private:
  struct Node {
    std::string value;
    std::optional<Permissions> permissions;
    UnknownReason value_unknown = UnknownReason::known;
    UnknownReason permissions_unknown = UnknownReason::known;
  };
  using Nodes = std::map<std::string, Node, std::less<>>;

  void for_subtree(const std::string& top, const std::function<void(Nodes::iterator)>& visit);

  SnapshotInfo info_;
  Nodes nodes_;
  std::vector<Domid> alive_;  // sorted
};

}  // namespace xsaudit
