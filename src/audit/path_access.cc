#include "audit/path_access.h"

#include <functional>
#include <map>
#include <set>

#include "rules/functions/described_access.h"
#include "rules/functions/schema_index.h"

namespace xsaudit {
namespace {

// Every domain that a permission list on the way from `node` to "/" names, and their stub domains.
std::set<Domid> named_domains(const AuditContext& facts, NodeId node) {
  std::set<Domid> named;
  std::set<PermissionsId> seen;
  for (NodeId at = node; at != kNoNode; at = facts.snapshot.parent(at)) {
    const Permissions* const list = facts.snapshot.permissions(at);
    if (list == nullptr || !seen.insert(facts.snapshot.permissions_id(at)).second) continue;
    for (const PermissionEntry& entry : *list) {
      named.insert(entry.domid);
      for (const Domid stub : facts.access.stub_domains(entry.domid)) named.insert(stub);
    }
  }
  return named;
}

// A domain that stands for all domains without an entry of their own.
Domid any_other(const AuditContext& facts, const std::set<Domid>& named) {
  Domid domid = 1;
  while (named.contains(domid) || facts.access.privileged(domid)) ++domid;
  return domid;
}

using Through = std::function<NodeId(Domid)>;

// The domains of a set, grouped by the node that gives them the access.
std::vector<AccessWay> ways(const AuditContext& facts, NodeId node, const DomainSet& set,
                            const Through& through) {
  std::map<NodeId, DomainSet, std::greater<>> groups;  // the nearest node has the greatest number
  const auto add = [&](NodeId at, const DomainSet& domains) {
    groups[at] = groups[at].united(domains);
  };
  if (set.everyone_else()) {
    const std::set<Domid> named = named_domains(facts, node);
    const NodeId others = through(any_other(facts, named));
    DomainSet rest = set;
    for (const Domid domid : named) {
      if (!set.contains(domid)) continue;
      const NodeId at = through(domid);
      if (at == others) continue;
      add(at, DomainSet::of({domid}));
      rest = rest.without(domid);
    }
    add(others, rest);
  } else {
    for (const Domid domid : set.listed()) add(through(domid), DomainSet::of({domid}));
  }
  std::vector<AccessWay> found;
  for (auto& [at, domains] : groups) {
    found.push_back({std::move(domains), at == kNoNode ? "" : facts.snapshot.path(at)});
  }
  return found;
}

std::optional<DescribedPath> described(std::string_view path, NodeId node,
                                       const AuditContext& facts, StoreIndex& store_index) {
  const Schema::Match match = facts.schema.match(path);
  if (match.entry == nullptr) return std::nullopt;
  DescribedPath described;
  described.entry = match.entry->key();
  described.description = match.entry->description;
  const Permissions* const there = node == kNoNode ? nullptr : facts.snapshot.permissions(node);
  AccessDescriptions descriptions(facts, store_index);
  const std::vector<Permissions> lists = descriptions.described(match, path, there);
  for (const Permissions& list : lists) described.permissions.push_back(to_text(list));
  if (there != nullptr && !lists.empty()) {
    described.difference = descriptions.difference(*match.entry, lists, node).text();
  }
  return described;
}

}  // namespace

PathAccess access_to(std::string_view path, const AuditContext& facts, StoreIndex& store_index) {
  const Snapshot& snapshot = facts.snapshot;
  const Access& access = facts.access;
  PathAccess answer;
  answer.path = path;
  answer.presence = snapshot.presence(path, &answer.presence_unknown);
  const NodeId node = snapshot.nearest(path);
  const bool present = answer.presence == Presence::present;
  answer.nearest = snapshot.path(node);
  answer.schema = described(path, present ? node : kNoNode, facts, store_index);

  const Permissions* const permissions = snapshot.permissions(node);
  if (permissions == nullptr) {
    answer.permissions_unknown = snapshot.permissions_unknown(node);
    return answer;
  }
  answer.permissions = *permissions;
  if (const NodeId gap = store_index.unknown_permissions_above(node); gap != kNoNode) {
    answer.unknown_above = snapshot.path(gap);
    answer.unknown_above_reason = snapshot.permissions_unknown(gap);
  }
  answer.controllers = ways(facts, node, *access.controllers(node),
                            [&](Domid domid) { return access.controlled_through(node, domid); });
  if (!present) return answer;
  answer.readers = *access.readers(node);
  answer.writers = *access.writers(node);
  answer.removers = ways(facts, node, *access.removers(node),
                         [&](Domid domid) { return access.removed_through(node, domid); });
  return answer;
}

}  // namespace xsaudit
