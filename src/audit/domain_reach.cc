#include "audit/domain_reach.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "audit/guests.h"
#include "rules/functions/described_access.h"
#include "rules/functions/schema_index.h"

namespace xsaudit {
namespace {

// A subtree before its details are known: there can be as many as nodes.
struct Found {
  NodeId top;
  Rights rights;
  std::uint64_t siblings;
  std::uint64_t nodes;
  bool differs;  // the topmost node has other access than the schema describes

  // Lower numbers are more dangerous.
  auto order() const {
    return std::tuple(rights.decides ? 0 : rights.removes ? 1 : 2, differs ? 0 : 1, top);
  }
};

class Reacher {
 public:
  Reacher(Domid domid, const AuditContext& facts, StoreIndex& store_index)
      : domid_(domid),
        facts_(facts),
        snapshot_(facts.snapshot),
        store_index_(store_index),
        descriptions_(facts, store_index) {}

  DomainReach reach() {
    DomainReach reach;
    reach.guest = Guests(facts_.schema, snapshot_, &facts_.access).guest(domid_);
    reach.home = path_for_domain(facts_.schema.domains().home(), domid_);
    reach.privileged = facts_.access.privileged(domid_);
    if (reach.privileged) return reach;
    find(reach);
    std::sort(found_.begin(), found_.end(),
              [](const Found& a, const Found& b) { return a.order() < b.order(); });
    for (const Found& one : found_) reach.nodes += one.nodes;
    if (found_.size() > DomainReach::kMaxSubtrees) {
      reach.left_out = found_.size() - DomainReach::kMaxSubtrees;
      found_.resize(DomainReach::kMaxSubtrees);
    }
    for (const Found& one : found_) reach.subtrees.push_back(details(one));
    return reach;
  }

 private:
  Rights rights(NodeId node) const {
    const Access& access = facts_.access;
    const Permissions* const permissions = snapshot_.permissions(node);
    if (permissions == nullptr) return {};
    return {.decides = access.controllers(node)->contains(domid_),
            .writes = access.writers(node)->contains(domid_),
            .owns = access.acts_for(domid_, permissions->front().domid),
            .removes = access.removers(node)->contains(domid_),
            .reads = access.readers(node)->contains(domid_)};
  }

  void find(DomainReach& reach) {
    const NodeId home = snapshot_.find(reach.home);
    // The subtree that each node belongs to, by its index in found_.
    constexpr std::size_t kNone = SIZE_MAX;
    std::vector<std::size_t> belongs(snapshot_.size(), kNone);
    // The groups that begin in each directory: at most one for each combination of rights.
    std::map<NodeId, std::vector<std::size_t>> in_directory;
    for (NodeId node = 0; node < snapshot_.size(); ++node) {
      if (node == home) {
        node = snapshot_.subtree_end(home) - 1;
        continue;
      }
      if (snapshot_.permissions(node) == nullptr) {
        // No listing has the permissions of "/"; AccessReport says so.
        if (node != kRootNode && reach.unknown++ == 0) reach.first_unknown = snapshot_.path(node);
        continue;
      }
      const Rights mine = rights(node);
      if (!mine.any()) continue;
      const bool differs = store_index_.schema().access_differs(node);
      const auto same = [&](std::size_t group) {
        return found_[group].rights == mine && found_[group].differs == differs;
      };
      const NodeId parent = snapshot_.parent(node);
      std::size_t& group = belongs[node];
      if (node != kRootNode && belongs[parent] != kNone && same(belongs[parent])) {
        group = belongs[parent];
      } else {
        auto& groups = in_directory[parent];
        const auto sibling = std::find_if(groups.begin(), groups.end(), same);
        if (sibling != groups.end()) {
          group = *sibling;
          ++found_[group].siblings;
        } else {
          group = found_.size();
          groups.push_back(group);
          found_.push_back({node, mine, 0, 0, differs});
        }
      }
      ++found_[group].nodes;
    }
  }

  ReachedSubtree details(const Found& found) {
    ReachedSubtree subtree;
    subtree.path = snapshot_.path(found.top);
    subtree.rights = found.rights;
    subtree.siblings = found.siblings;
    subtree.nodes = found.nodes;
    subtree.permissions = *snapshot_.permissions(found.top);
    const NodeId through = found.rights.decides
                               ? facts_.access.controlled_through(found.top, domid_)
                               : facts_.access.removed_through(found.top, domid_);
    if (through != kNoNode) subtree.through = snapshot_.path(through);
    const Schema::Match match = facts_.schema.match(subtree.path);
    if (match.entry == nullptr) return subtree;
    subtree.entry = match.entry->key();
    if (found.differs) subtree.beyond_schema = beyond_schema(match, subtree.path, found.top);
    return subtree;
  }

  std::string beyond_schema(const Schema::Match& match, const std::string& path, NodeId node) {
    const auto lists = descriptions_.described(match, path, snapshot_.permissions(node));
    if (lists.empty()) return {};
    AccessDifference difference = descriptions_.difference(*match.entry, lists, node);
    const auto only_mine = [&](DomainSet& gained) {
      gained = gained.contains(domid_) ? DomainSet::of({domid_}) : DomainSet();
    };
    only_mine(difference.gained_read);
    only_mine(difference.gained_write);
    only_mine(difference.gained_ownership);
    difference.lost_read = difference.lost_write = difference.lost_ownership = {};
    return difference.text();
  }

  const Domid domid_;
  const AuditContext& facts_;
  const Snapshot& snapshot_;
  StoreIndex& store_index_;
  AccessDescriptions descriptions_;
  std::vector<Found> found_;
};

}  // namespace

DomainReach reach_of(Domid domid, const AuditContext& facts, StoreIndex& store_index) {
  return Reacher(domid, facts, store_index).reach();
}

}  // namespace xsaudit
