// The children of a directory whose list is longer than a message: they arrive in parts (xenstored
// core.c send_directory_part), each with the directory's generation and as many names as fit from
// an offset on; an empty name follows the last one. Parts received so far are useless if the
// directory changes meanwhile. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "source/live/live_source.h"
#include "source/live/store_reader.h"
#include "store/node_change.h"
#include "store/snapshot_builder.h"

namespace xsaudit {

class DirectoryParts {
 public:
  enum class State : std::uint8_t {
    more,          // the next part begins at offset()
    complete,      // names() are all there are
    never_steady,  // it keeps changing
    too_long,      // the names have more bytes than the limit
    wrong,         // a part is invalid
  };

  State take(std::string_view payload, std::size_t longest);  // in bytes of all names

  std::size_t offset() const { return names_.size(); }  // in bytes, which is what is held
  std::size_t received() const { return received_; }    // bytes of names, what was for nothing too
  std::string_view names() const { return names_; }     // each with a zero byte behind it

 private:
  std::string generation_;
  std::string names_;
  std::size_t received_ = 0;
  int restarts_ = 0;
};

// Walks a live store into a SnapshotBuilder, with as many requests in flight as the reader accepts:
// for each node its value, its permissions and its children. A node that vanishes meanwhile is
// omitted with its subtree, as if it had gone a moment earlier. A refused or failed request is
// unknown and a gap. Parts can be read again when they have changed. Used by one thread, for one
// snapshot.
//
// Besides the tree, the permissions of the special nodes that announce domains are read. oxenstored
// lists these below "/" (from the fix of XSA-115 on) and C xenstored does not; here they are
// children of "/" with either. C xenstored before Xen 4.18 keeps their permissions to itself.
class LiveWalk {
 public:
  LiveWalk(StoreReader& reader, const WalkLimits& limits);

  void read_all();
  // Reads these paths, their ancestors, and new nodes below them again.
  void read_again(const std::vector<std::string>& paths);

  // Reads what the daemon reported as changed, and nothing else: these nodes with all that is below
  // them, or, for a node that is not known, the nearest known ancestor's children and the new ones
  // among them. Returns the nodes that differ.
  std::vector<NodeChange> read_changed(const std::vector<std::string>& paths);

  // Asks which of the domains in the store are introduced, for info(). new_ones: only if the store
  // mentions other domains than the last time.
  enum class Domains : std::uint8_t { all, new_ones };
  void ask_for_domains(Domains domains);

  // Asks whether the daemon applies entries for DOMID_ANY to every domain, for info(). Only if the
  // store has such an entry: C xenstored before Xen 4.21 logs the request as an error.
  void ask_for_any_domid();

  // A limit was reached or the connection lost: nothing more will be read.
  bool stopped() const { return stopped_; }
  std::size_t nodes() const { return builder_.size(); }  // seen, gone ones among them
  SnapshotInfo& info() { return info_; }
  std::size_t bytes() const { return bytes_; }  // read so far, again and again included
  // An error if not even the children of "/" could be read.
  Result<Snapshot> finish() &&;
  // The same of the present state; the walk can go on.
  Result<Snapshot> copy() const;

 private:
  // A node with pending questions: kQuestions[question] and those after it.
  struct Unasked {
    NodeId node;
    std::size_t question;
  };
  void run();
  bool anything_to_ask() const;
  void ask_next();
  void ask_special(std::string_view name);
  void send(NodeId node, StoreRequest::Kind kind, std::string path);
  void take();
  void take_failure(NodeId node, StoreRequest::Kind kind);
  void take_children(NodeId node);
  void add_child(NodeId node, const std::string& path, std::string_view name);
  void drop_unlisted();
  std::optional<std::set<NodeId>> leaves(const std::vector<std::string>& paths);
  std::vector<NodeChange> read_leaves(const std::set<NodeId>& leaves);
  void add_new_nodes(std::size_t known, std::vector<NodeChange>& changes) const;
  bool gone(NodeId node) const;
  NodeFacts facts(NodeId node) const;
  void gap(NodeId node, std::string what);
  void stop(std::string why);

  StoreReader& reader_;
  const WalkLimits limits_;
  SnapshotBuilder builder_;
  SnapshotInfo info_;
  std::vector<Unasked> to_ask_;  // the next one last
  std::size_t next_special_;
  std::size_t in_flight_ = 0;
  StoreReply reply_;
  std::size_t bytes_ = 0;                // of names, values and permissions
  std::vector<bool> ever_had_children_;  // by node; false beyond its end
  std::uint32_t listings_ = 0;
  std::vector<std::uint32_t> listed_in_;  // by node: the number of the last listing with it
  std::unordered_map<NodeId, std::uint32_t> listed_again_;  // which listing is a node's last
  std::vector<Domid> domains_;                              // domains of the last request
  bool reading_again_ = false;
  bool stopped_ = false;
  bool root_listed_ = false;
  std::string root_problem_;
};

}  // namespace xsaudit
