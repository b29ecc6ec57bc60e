// Indexes over the facts, computed when a rule first needs them; afterwards the answer for any node
// takes constant time. Searching the tree each time would have a cost that guests choose: the depth
// of a node, the nodes that a domain owns. Made for one evaluation; used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/sizes.h"
#include "rules/judging_clock.h"

namespace xsaudit {

class SchemaIndex;

class StoreIndex {
 public:
  explicit StoreIndex(const AuditContext& facts, const JudgingClock::Limit& limit = {});
  ~StoreIndex();

  // Shared by the whole evaluation.
  JudgingClock& clock() { return clock_; }

  std::uint32_t depth(NodeId node);  // 0 for "/"

  // The index of the node in an order by names: each after its parent, children of one node by
  // their names. It does not depend on the order in which a daemon lists them, and no paths are
  // built to compare two nodes.
  std::uint32_t place_by_name(NodeId node);

  // Whether the place of some nodes in the store is unknown; whether a node only represents such an
  // unknown place.
  bool any_unplaced() const { return !unplaced_.empty(); }
  bool stands_for_place(NodeId node) const;

  // The node, or its nearest ancestor below "/", with unknown permissions: a domain that may write
  // it could remove or recreate this node, too. kNoNode if there is none. "/" does not count: no
  // listing has its permissions, and a separate rule checks them.
  NodeId unknown_permissions_above(NodeId node);

  // The first node at or below this one whose children are not all known, or kNoNode.
  NodeId unknown_children_below(NodeId node);

  std::string_view permissions_text(PermissionsId id);

  Sizes& sizes() { return sizes_; }

  std::uint64_t owned(Domid domid);  // nodes that it owns
  NodeId unknown_owner();            // the first node below "/" of unknown owner, or kNoNode

  // The toolstack of a domain; nothing if the store does not show enough of it.
  std::optional<ProfileTable::Index> profile(Domid domid);

  // The result of comparing each node with the schema.
  SchemaIndex& schema();
  // The same set, kept for as long as the index.
  const DomainSet* kept(DomainSet set) { return &*kept_.insert(std::move(set)).first; }

 private:
  void look_for_unplaced();
  void count_owners();

  const AuditContext& facts_;
  const Snapshot& snapshot_;
  JudgingClock clock_;
  Sizes sizes_;
  std::vector<NodeId> unplaced_;  // the tops of such trees, in order
  std::vector<std::uint32_t> depth_;
  std::vector<std::uint32_t> places_by_name_;
  std::vector<NodeId> unknown_above_;
  std::vector<NodeId> unknown_children_;
  bool looked_for_unknown_above_ = false;
  bool looked_for_unknown_children_ = false;
  std::vector<std::string> permissions_text_;
  std::map<Domid, std::uint64_t> owned_;
  NodeId unknown_owner_ = kNoNode;
  bool counted_owners_ = false;
  std::map<Domid, std::optional<ProfileTable::Index>> profiles_;
  std::unique_ptr<SchemaIndex> schema_;
  std::set<DomainSet> kept_;
};

}  // namespace xsaudit
