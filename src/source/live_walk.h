// Walks a live store into a SnapshotBuilder, with as many requests in flight as the reader takes:
// for each node its value, its permissions and its children. What vanishes meanwhile is left out
// with all below it, as if it had gone a moment earlier; what is refused or fails is unknown, and a
// gap. Parts can be read again when they have changed. Used by one thread, for one snapshot.
//
// Beside the tree, the permissions of the special nodes that announce domains are read. oxenstored
// lists these below "/" (from the fix of XSA-115 on) and C xenstored does not; here they are
// children of "/" with either. C xenstored before Xen 4.18 keeps their permissions to itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "source/live_source.h"
#include "source/store_reader.h"
#include "store/snapshot_builder.h"

namespace xsaudit {

class LiveWalk {
 public:
  LiveWalk(StoreReader& reader, const WalkLimits& limits);

  void read_all();
  // These paths and what leads to them, and whatever is new below.
  void read_again(const std::vector<std::string>& paths);

  // Which of the domains that the store mentions are introduced, for info(). new_ones: nothing is
  // asked unless others are mentioned now than the last time.
  enum class Domains : std::uint8_t { all, new_ones };
  void ask_for_domains(Domains domains);

  // Whether the daemon takes entries for DOMID_ANY to speak for every domain, for info(). It is
  // only asked where the store has one: C xenstored before Xen 4.21 logs the question as an error.
  void ask_for_any_domid();

  // A limit was reached or the connection lost: nothing more will be read.
  bool stopped() const { return stopped_; }
  SnapshotInfo& info() { return info_; }
  // An error if not even the children of "/" could be read.
  Result<Snapshot> finish() &&;

 private:
  // A node of which something is still to be asked: kQuestions[question] and those after it.
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
  bool gone(NodeId node) const;
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
  std::size_t bytes_ = 0;  // of names, values and permissions
  std::uint32_t listings_ = 0;
  std::vector<std::uint32_t> listed_in_;  // by node: the number of the last listing with it
  std::unordered_map<NodeId, std::uint32_t> listed_again_;  // which listing is a node's last
  std::vector<Domid> domains_;                              // that were asked for
  bool reading_again_ = false;
  bool stopped_ = false;
  bool root_listed_ = false;
  std::string root_problem_;
};

}  // namespace xsaudit
