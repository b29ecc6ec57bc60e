// Indexes over the facts, computed when a rule first needs them; afterwards the answer for any node
// takes constant time. Searching the tree each time would have a cost that guests choose: the depth
// of a node, the nodes that a domain owns.
//
// Made for one evaluation; used by one thread. Another thread of the same evaluation has a
// StoreIndex of its own (for_thread), which shares all that has a row for each node.
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

class AccessDescriptions;
class SchemaIndex;

class StoreIndex {
 public:
  explicit StoreIndex(const AuditContext& facts, const JudgingClock::Limit& limit = {});
  ~StoreIndex();

  // The facts and this index must outlive it.
  std::unique_ptr<StoreIndex> for_thread() const;

  // Shared by all that this thread evaluates.
  JudgingClock& clock() { return clock_; }

  std::uint32_t depth(NodeId node);  // 0 for "/"; below kDepths
  static constexpr std::size_t kDepths = std::size_t{UINT16_MAX} + 1;

  // The node, or its ancestor on a level that is not below the node's.
  NodeId ancestor(NodeId node, std::size_t level);
  // Whether a pattern matches the path of the node, which is not built: a guest chooses its length.
  bool matches(const Pattern& pattern, NodeId node, std::vector<Binding>& bindings);

  // The domain in whose home the node lies; nothing if it lies in none.
  std::optional<Domid> domain_of(NodeId node) { return home_around(node).domid; }
  // The top of that home; kNoNode if the node lies in none.
  NodeId home_of(NodeId node) {
    const Home& home = home_around(node);
    return home.domid ? home.begin : kNoNode;
  }

  // Whether the place of some nodes in the store is unknown; whether a node only represents such an
  // unknown place.
  bool any_unplaced() const;
  bool stands_for_place(NodeId node) const;

  // The node, or its nearest ancestor below "/", with unknown permissions: a domain that may write
  // it could remove or recreate this node, too. kNoNode if there is none. "/" does not count: no
  // listing has its permissions, and a separate rule checks them.
  NodeId unknown_permissions_above(NodeId node);

  // The first node at or below this one whose children are not all known, or kNoNode.
  NodeId unknown_children_below(NodeId node);

  std::string_view permissions_text(PermissionsId id);

  Sizes& sizes();

  std::uint64_t owned(Domid domid);  // nodes that it owns
  NodeId unknown_owner();            // the first node below "/" of unknown owner, or kNoNode

  // The toolstack of a domain; nothing if the store does not show enough of it.
  std::optional<ProfileTable::Index> profile(Domid domid);

  // The result of comparing each node with the schema.
  const SchemaIndex& schema();

  // After a change of the value of a node, which was known and is: what follows from it for the
  // node. Not while another thread uses this index or one that shares with it.
  struct ValueEffect {
    bool resized = false;      // and with it the sums, Sizes::owned()
    bool other_class = false;  // SchemaIndex::class_of()
  };
  ValueEffect value_changed(NodeId node, std::string_view before);
  // Whether the node would be of another class with this value (schema_index.h).
  bool other_class(NodeId node, std::string_view value) const;
  // The access that the schema describes for a node.
  AccessDescriptions& access() { return *access_; }
  // The same set, kept for as long as the index.
  const DomainSet* kept(DomainSet set) { return &*kept_.insert(std::move(set)).first; }

 private:
  class Columns;  // what threads share
  // Nodes in the home of one domain, or in no home: those found last, because the next node is
  // often among them.
  struct Home {
    NodeId begin = 0;
    NodeId end = 0;
    std::optional<Domid> domid;
  };
  const Home& home_around(NodeId node) {
    if (node < home_.begin || node >= home_.end) find_home(node);
    return home_;
  }
  void find_home(NodeId node);
  StoreIndex(const AuditContext& facts, std::shared_ptr<Columns> columns, JudgingClock clock);

  const AuditContext& facts_;
  const std::shared_ptr<Columns> columns_;
  JudgingClock clock_;
  std::unique_ptr<AccessDescriptions> access_;
  std::map<Domid, std::optional<ProfileTable::Index>> profiles_;
  std::set<DomainSet> kept_;
  Home home_;
  std::vector<NodeId> ancestors_;  // by level: the one found last, often that of the next node, too
};

}  // namespace xsaudit
