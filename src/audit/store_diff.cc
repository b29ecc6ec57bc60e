#include "audit/store_diff.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/escape.h"
#include "base/wording.h"
#include "rules/functions/store_index.h"
#include "rules/secret_nodes.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// One of the two stores, with the facts that a comparison needs.
struct DiffSide {
  DiffSide(const Schema& schema, const RuleSet& rules, const AuditOptions& options,
           const Snapshot& store)
      : snapshot(store),
        facts(schema, store, options),
        store_index(facts, options.judging),
        guests(schema, store, &facts.access) {
    facts.set_secrets(find_secrets(rules, facts, store_index));
  }

  DiffNode node(NodeId id) const {
    DiffNode node;
    node.path = snapshot.path(id);
    node.value_unknown = snapshot.value_unknown(id);
    if (facts.secret(id)) {
      node.value_unknown = UnknownReason::secret;
    } else {
      node.value = snapshot.value(id);
    }
    if (const Permissions* const list = snapshot.permissions(id)) node.permissions = *list;
    return node;
  }

  const Snapshot& snapshot;
  AuditContext facts;
  StoreIndex store_index;
  Guests guests;
};

class Comparer {
 public:
  Comparer(const Schema& schema, DiffSide& older, DiffSide& newer, StoreDiff& diff)
      : schema_(schema),
        older_(older),
        newer_(newer),
        diff_(diff),
        guests_(schema, older.snapshot, newer.snapshot, older.guests, newer.guests) {}

  void compare() {
    diff_.renumbered = guests_.renumbered();
    diff_.came = guests_.came();
    diff_.gone = guests_.gone();
    match_nodes();
    compare_older();
    find_new();
    report_gaps(older_.snapshot.info());
    report_gaps(newer_.snapshot.info());
    report_unknown();
    std::stable_sort(
        diff_.differences.begin(), diff_.differences.end(),
        [&](const NodeDifference& a, const NodeDifference& b) { return order(a) < order(b); });
  }

 private:
  // A node has the place of its counterpart's parent, and there the name with its domid translated.
  void match_nodes() {
    const Snapshot& newer = newer_.snapshot;
    older_of_.assign(newer.size(), kNoNode);
    newer_of_.assign(older_.snapshot.size(), kNoNode);
    for (NodeId node = 0; node < newer.size(); ++node) {
      NodeId found = kRootNode;
      if (node != kRootNode) {
        const NodeId parent = older_of_[newer.parent(node)];
        if (parent == kNoNode) continue;
        const std::string path = guests_.translated_path(newer.path(node));
        found = older_.snapshot.child(parent, last_name(path));
      }
      older_of_[node] = found;
      if (found != kNoNode) newer_of_[found] = node;
    }
  }

  void compare_older() {
    const Snapshot& older = older_.snapshot;
    for (NodeId node = 0; node < older.size(); ++node) {
      if (newer_of_[node] != kNoNode) {
        compare(node, newer_of_[node]);
        continue;
      }
      const NodeId end = older.subtree_end(node);
      const NodeId parent = newer_of_[older.parent(node)];
      if (newer_.snapshot.children_unknown(parent) != UnknownReason::known) {
        presence_unknown_ += end - node;
      } else if (unlisted(older, node)) {
        // The newer store may be of a form that never contains it.
      } else if (all_volatile(older, node)) {
        diff_.volatile_nodes += end - node;
      } else {
        add_gone(node, end - node);
      }
      node = end - 1;
    }
  }

  void find_new() {
    const Snapshot& newer = newer_.snapshot;
    for (NodeId node = 0; node < newer.size(); ++node) {
      if (older_of_[node] != kNoNode) continue;
      const NodeId end = newer.subtree_end(node);
      const NodeId parent = older_of_[newer.parent(node)];
      if (older_.snapshot.children_unknown(parent) != UnknownReason::known) {
        presence_unknown_ += end - node;
      } else if (unlisted(newer, node)) {
        // The older store may be of a form that never contains it.
      } else if (all_volatile(newer, node)) {
        diff_.volatile_nodes += end - node;
      } else {
        add_new(node, end - node, parent);
      }
      node = end - 1;
    }
  }

  const SchemaEntry* entry(const Snapshot& snapshot, NodeId node) const {
    return schema_.match(snapshot.path(node)).entry;
  }

  // Whether it is a special node such as @releaseDomain of a daemon that does not list it to its
  // clients: a live store and the daemon's own state contain it, a listing never does.
  static bool unlisted(const Snapshot& snapshot, NodeId node) {
    return snapshot.value_unknown(node) == UnknownReason::not_given &&
           snapshot.parent(node) == kRootNode;
  }

  // Whether the subtree has only volatile nodes, and empty directories above them.
  bool all_volatile(const Snapshot& snapshot, NodeId top) const {
    for (NodeId node = top; node < snapshot.subtree_end(top); ++node) {
      const bool directory = snapshot.subtree_end(node) > node + 1 && snapshot.value(node).empty();
      const SchemaEntry* const described = entry(snapshot, node);
      if (!directory && (described == nullptr || !described->changes_often)) return false;
    }
    return true;
  }

  void compare(NodeId before, NodeId after) {
    NodeDifference difference;
    compare_permissions(before, after, difference);
    const bool value = values_differ(before, after);
    if (value) {
      const SchemaEntry* const described = entry(older_.snapshot, before);
      const bool passing = described != nullptr && described->changes_often;
      difference.value = !passing;
      diff_.volatile_nodes += passing;
    }
    if (!difference.value && !difference.permissions && !difference.owner) return;
    if (!room()) return;
    difference.before = older_.node(before);
    difference.after = newer_.node(after);
    describe(difference, *difference.before, older_);
    const PathAccess access = access_to(difference.before->path, older_.facts, older_.store_index);
    if (access.known()) {
      difference.suspects =
          difference.value ? access.controllers : who_may_change_permissions(before, access);
    }
    diff_.differences.push_back(std::move(difference));
  }

  void compare_permissions(NodeId before, NodeId after, NodeDifference& difference) {
    const Permissions* const was = older_.snapshot.permissions(before);
    const Permissions* const became = newer_.snapshot.permissions(after);
    if (was == nullptr || became == nullptr) {
      // No listing has the permissions of "/".
      permissions_unknown_ += before != kRootNode;
      return;
    }
    const Permissions same = guests_.translated(*became);
    difference.owner = was->front().domid != same.front().domid;
    difference.permissions = *was != same;
  }

  bool values_differ(NodeId before, NodeId after) {
    const Snapshot& older = older_.snapshot;
    const Snapshot& newer = newer_.snapshot;
    if (older.value_unknown(before) != UnknownReason::known ||
        newer.value_unknown(after) != UnknownReason::known) {
      values_unknown_ += before != kRootNode;
      return false;
    }
    const std::string_view value = newer.value(after);
    const bool may_name_domain =
        !value.empty() && (value.front() == '/' || (value.front() >= '0' && value.front() <= '9'));
    if (!may_name_domain || (guests_.renumbered().empty() && guests_.came().empty())) {
      return older.value(before) != newer.value(after);
    }
    return older.value(before) != guests_.translated_value(newer.value(after), entry(newer, after));
  }

  // Changing permissions takes the owner, or a domain that can remove the node and create it again:
  // one that decides the node and its parent.
  std::vector<AccessWay> who_may_change_permissions(NodeId node, const PathAccess& access) const {
    const Domid owner = older_.snapshot.permissions(node)->front().domid;
    std::vector<Domid> owners = older_.facts.access.stub_domains(owner);
    owners.push_back(owner);
    DomainSet able = DomainSet::of(std::move(owners));
    if (node != kRootNode) {
      const DomainSet* const above = older_.facts.access.controllers(older_.snapshot.parent(node));
      if (above != nullptr) able = able.united(*above);
    }
    std::vector<AccessWay> ways;
    for (const AccessWay& way : access.controllers) {
      const DomainSet domains = way.domains.intersected(able);
      if (!domains.empty()) ways.push_back({domains, way.through});
    }
    return ways;
  }

  void add_gone(NodeId node, std::uint64_t nodes) {
    if (!room()) return;
    NodeDifference difference;
    difference.kind = NodeDifference::Kind::went;
    difference.nodes = nodes;
    difference.before = older_.node(node);
    describe(difference, *difference.before, older_);
    const PathAccess access = access_to(difference.before->path, older_.facts, older_.store_index);
    if (access.known()) difference.suspects = access.removers;
    diff_.differences.push_back(std::move(difference));
  }

  void add_new(NodeId node, std::uint64_t nodes, NodeId parent) {
    if (!room()) return;
    NodeDifference difference;
    difference.kind = NodeDifference::Kind::came;
    difference.nodes = nodes;
    difference.after = newer_.node(node);
    describe(difference, *difference.after, newer_);
    const std::string path = join_path(older_.snapshot.path(parent), newer_.snapshot.name(node));
    // A guest that the older store does not have may have the domid of another guest there.
    const bool taken = older_.snapshot.find(path) != kNoNode;
    const PathAccess access =
        access_to(taken ? std::string(parent_path(path)) : path, older_.facts, older_.store_index);
    if (access.known()) difference.suspects = access.controllers;
    diff_.differences.push_back(std::move(difference));
  }

  bool room() {
    if (diff_.differences.size() < StoreDiff::kMaxDifferences) return true;
    ++diff_.left_out;
    return false;
  }

  void describe(NodeDifference& difference, const DiffNode& node, DiffSide& side) const {
    if (const auto domid = side.guests.subject(node.path)) {
      difference.guest = side.guests.guest(*domid);
    }
    if (const auto device = schema_.devices().device_of(node.path)) {
      difference.device = device->kind + "/" + device->id;
    }
    if (const SchemaEntry* const described = schema_.match(node.path).entry) {
      difference.entry = described->key();
      difference.description = described->description;
    }
  }

  // By guest, with the domids of the older store, then by device; otherwise as in the stores.
  std::tuple<Domid, std::string> order(const NodeDifference& difference) const {
    if (!difference.guest) return {-1, difference.device};
    const Domid domid = difference.guest->domid;
    const bool is_new = difference.kind == NodeDifference::Kind::came;
    return {is_new ? guests_.translated(domid) : domid, difference.device};
  }

  void report_gaps(const SnapshotInfo& info) {
    const std::string name = escape_shortened(info.name);
    if (info.coverage != Coverage::whole) {
      diff_.not_compared.push_back("only a part of the store was recorded in " + name);
    }
    if (info.gap_count == 0) return;
    std::string text = name + " lacks data in " + plural(info.gap_count, "place", "places");
    if (!info.gaps.empty()) {
      text += "; the first is " + info.gaps.front().place + ": " + info.gaps.front().what;
    }
    diff_.not_compared.push_back(std::move(text));
  }

  void report_unknown() {
    const auto report = [&](std::uint64_t count, const std::string& what) {
      if (count > 0) diff_.not_compared.push_back(what + plural(count, "node", "nodes"));
    };
    report(presence_unknown_, "one store does not record the presence of ");
    report(values_unknown_, "one store does not record the values of ");
    report(permissions_unknown_, "one store does not record the permissions of ");
  }

  const Schema& schema_;
  DiffSide& older_;
  DiffSide& newer_;
  StoreDiff& diff_;
  GuestMatching guests_;
  std::vector<NodeId> older_of_;  // by node of the newer store
  std::vector<NodeId> newer_of_;  // by node of the older store
  std::uint64_t presence_unknown_ = 0;
  std::uint64_t values_unknown_ = 0;
  std::uint64_t permissions_unknown_ = 0;
};

AuditResult audit_of(const Schema& schema, const RuleSet& rules, const AuditOptions& options,
                     const Result<Snapshot>& snapshot) {
  Auditor auditor(schema, rules, options);
  auditor.add(snapshot->info().name, snapshot);
  return std::move(auditor).finish();
}

// The findings of `result` that `other` does not have.
std::vector<FindingDifference> only_in(AuditResult& result, const AuditResult& other) {
  std::multiset<std::string> known;
  for (const Finding& finding : other.findings) known.insert(finding.fingerprint);
  std::vector<FindingDifference> only;
  for (const Finding& finding : result.findings) {
    if (const auto same = known.find(finding.fingerprint); same != known.end()) {
      known.erase(same);
      continue;
    }
    const RuleSummary& rule = result.rules[finding.rule];
    only.push_back({finding, rule.id, rule.title});
  }
  return only;
}

}  // namespace

bool StoreDiff::same() const {
  const auto counts = [](const FindingDifference& one) {
    return one.finding.severity != Severity::info;
  };
  return differences.empty() && left_out == 0 &&
         std::none_of(findings_came.begin(), findings_came.end(), counts) &&
         std::none_of(findings_gone.begin(), findings_gone.end(), counts);
}

StoreDiff compare_stores(const Schema& schema, const RuleSet& rules, const AuditOptions& options,
                         const Result<Snapshot>& older, const Result<Snapshot>& newer) {
  StoreDiff diff;
  diff.version = XSAUDIT_VERSION;
  AuditResult before = audit_of(schema, rules, options, older);
  AuditResult after = audit_of(schema, rules, options, newer);
  diff.findings_came = only_in(after, before);
  diff.findings_gone = only_in(before, after);
  diff.older = before.sources.front();
  diff.newer = after.sources.front();
  DiffSide older_side(schema, rules, options, *older);
  DiffSide newer_side(schema, rules, options, *newer);
  Comparer(schema, older_side, newer_side, diff).compare();
  return diff;
}

}  // namespace xsaudit
