#include "rules/functions/store_index.h"

#include <algorithm>

#include "base/once.h"
#include "base/once_together.h"
#include "rules/functions/described_access.h"
#include "rules/functions/schema_index.h"

namespace xsaudit {

// Each column is computed by the first thread that asks for it, and then only read.
class StoreIndex::Columns {
 public:
  explicit Columns(const AuditContext& facts)
      : sizes(facts.snapshot),
        snapshot_(facts.snapshot),
        permission_texts_(facts.snapshot.permission_lists()),
        schema_(facts) {
    find_unplaced();
  }

  const std::vector<std::uint16_t>& depth() {
    depth_once_([this] { find_depth(); });
    return depth_;
  }
  const std::vector<NodeId>& unknown_above() {  // empty if there is none
    unknown_above_once_([this] { find_unknown_above(); });
    return unknown_above_;
  }
  const std::vector<NodeId>& unknown_children() {
    unknown_children_once_([this] { find_unknown_children(); });
    return unknown_children_;
  }
  const std::vector<std::string>& permission_texts() {
    texts_made_((permission_texts_.size() + kPartTexts - 1) / kPartTexts,
                [this](std::size_t part) { write_permissions(part * kPartTexts); });
    return permission_texts_;
  }
  const std::map<Domid, std::uint64_t>& owned() {
    owners_once_([this] { count_owners(); });
    return owned_;
  }
  NodeId unknown_owner() {
    owned();
    return unknown_owner_;
  }
  const SchemaIndex& schema(StoreIndex& asking) {
    schema_made_(schema_.parts(), [&](std::size_t part) { schema_.make(part, asking); });
    return schema_;
  }
  bool other_class(NodeId node, std::string_view value) const {
    return schema_made_.done() && schema_.other_class(node, value);
  }
  bool value_changed(NodeId node) { return schema_made_.done() && schema_.value_changed(node); }

  Sizes sizes;
  std::vector<NodeId> unplaced;  // the tops of such trees, in order

 private:
  void find_unplaced();
  void find_depth();
  void find_unknown_above();
  void find_unknown_children();
  void write_permissions(std::size_t first);
  void count_owners();

  const Snapshot& snapshot_;
  Once depth_once_;
  // A path has at most kMaxPathBytes: a depth beyond what fits is as good as the greatest that
  // does.
  std::vector<std::uint16_t> depth_;
  Once unknown_above_once_;
  std::vector<NodeId> unknown_above_;
  Once unknown_children_once_;
  std::vector<NodeId> unknown_children_;
  // What a thread writes at a time. A guest can give each of its nodes a list of its own.
  static constexpr std::size_t kPartTexts = 1024;
  OnceTogether texts_made_;
  std::vector<std::string> permission_texts_;
  Once owners_once_;
  std::map<Domid, std::uint64_t> owned_;
  NodeId unknown_owner_ = kNoNode;
  OnceTogether schema_made_;
  SchemaIndex schema_;
};

// Only an incomplete store can contain such a tree.
void StoreIndex::Columns::find_unplaced() {
  if (snapshot_.info().coverage != Coverage::excerpt) return;
  for (NodeId at = snapshot_.first_child(kRootNode); at != kNoNode;
       at = snapshot_.next_sibling(at)) {
    if (!snapshot_.name(at).starts_with(kUnplaced)) continue;
    unplaced.push_back(at);
  }
}

void StoreIndex::Columns::find_depth() {
  depth_.resize(snapshot_.size());
  for (NodeId at = 1; at < snapshot_.size(); ++at) {
    const std::uint16_t above = depth_[snapshot_.parent(at)];
    depth_[at] = above == UINT16_MAX ? above : static_cast<std::uint16_t>(above + 1);
  }
}

void StoreIndex::Columns::find_unknown_above() {
  NodeId first = 1;
  while (first < snapshot_.size() && snapshot_.permissions_id(first) != kNoPermissions) ++first;
  if (first >= snapshot_.size()) return;  // in most stores there is none, and no table
  unknown_above_.assign(snapshot_.size(), kNoNode);
  for (NodeId at = first; at < snapshot_.size(); ++at) {
    unknown_above_[at] =
        snapshot_.permissions_id(at) == kNoPermissions ? at : unknown_above_[snapshot_.parent(at)];
  }
}

void StoreIndex::Columns::find_unknown_children() {
  for (NodeId at = 0; at < snapshot_.size(); ++at) {
    if (snapshot_.children_unknown(at) != UnknownReason::known) unknown_children_.push_back(at);
  }
}

void StoreIndex::Columns::write_permissions(std::size_t first) {
  const std::size_t end = std::min(permission_texts_.size(), first + kPartTexts);
  for (std::size_t at = first; at < end; ++at) {
    permission_texts_[at] = to_text(snapshot_.permissions_of(static_cast<PermissionsId>(at)));
  }
}

void StoreIndex::Columns::count_owners() {
  std::vector<std::uint64_t> by_list(snapshot_.permission_lists());
  for (NodeId node = 0; node < snapshot_.size(); ++node) {
    const PermissionsId id = snapshot_.permissions_id(node);
    if (id != kNoPermissions) {
      ++by_list[id];
    } else if (unknown_owner_ == kNoNode && node != kRootNode) {
      unknown_owner_ = node;
    }
  }
  for (PermissionsId id = 0; id < by_list.size(); ++id) {
    owned_[snapshot_.permissions_of(id).front().domid] += by_list[id];
  }
}

StoreIndex::StoreIndex(const AuditContext& facts, const JudgingClock::Limit& limit)
    : StoreIndex(facts, std::make_shared<Columns>(facts), JudgingClock(limit)) {}

StoreIndex::StoreIndex(const AuditContext& facts, std::shared_ptr<Columns> columns,
                       JudgingClock clock)
    : facts_(facts),
      columns_(std::move(columns)),
      clock_(std::move(clock)),
      access_(std::make_unique<AccessDescriptions>(facts, *this)) {}

StoreIndex::~StoreIndex() = default;

std::unique_ptr<StoreIndex> StoreIndex::for_thread() const {
  return std::unique_ptr<StoreIndex>(new StoreIndex(facts_, columns_, clock_.for_thread()));
}

bool StoreIndex::any_unplaced() const { return !columns_->unplaced.empty(); }

bool StoreIndex::stands_for_place(NodeId node) const {
  return std::binary_search(columns_->unplaced.begin(), columns_->unplaced.end(), node);
}

std::uint32_t StoreIndex::depth(NodeId node) { return columns_->depth()[node]; }

NodeId StoreIndex::ancestor(NodeId node, std::size_t level) {
  const Snapshot& snapshot = facts_.snapshot;
  if (ancestors_.size() <= level) ancestors_.resize(level + 1, kNoNode);
  NodeId& found = ancestors_[level];
  if (found == kNoNode || node < found || node >= snapshot.subtree_end(found)) {
    found = node;
    for (std::size_t at = depth(node); at > level; --at) found = snapshot.parent(found);
  }
  return found;
}

bool StoreIndex::matches(const Pattern& pattern, NodeId node, std::vector<Binding>& bindings) {
  const std::size_t levels = pattern.segments().size();
  if (pattern.deep() ? depth(node) < levels : depth(node) != levels) return false;
  return pattern.matches_at(facts_.snapshot, ancestor(node, levels), bindings);
}

// The components of a home's path decide for all nodes below it.
void StoreIndex::find_home(NodeId node) {
  const Snapshot& snapshot = facts_.snapshot;
  const DomainTable& domains = facts_.schema.domains();
  const std::size_t levels = domains.home().segments().size();
  home_ = {node, node + 1, std::nullopt};
  if (depth(node) < levels) return;
  home_.begin = ancestor(node, levels);
  home_.end = snapshot.subtree_end(home_.begin);
  home_.domid = domains.domain_of(snapshot.path(home_.begin));
}

NodeId StoreIndex::unknown_permissions_above(NodeId node) {
  const std::vector<NodeId>& above = columns_->unknown_above();
  return above.empty() ? kNoNode : above[node];
}

NodeId StoreIndex::unknown_children_below(NodeId node) {
  const std::vector<NodeId>& unknown = columns_->unknown_children();
  const auto first = std::lower_bound(unknown.begin(), unknown.end(), node);
  return first != unknown.end() && *first < facts_.snapshot.subtree_end(node) ? *first : kNoNode;
}

std::string_view StoreIndex::permissions_text(PermissionsId id) {
  return columns_->permission_texts()[id];
}

Sizes& StoreIndex::sizes() { return columns_->sizes; }

std::uint64_t StoreIndex::owned(Domid domid) {
  const std::map<Domid, std::uint64_t>& owned = columns_->owned();
  const auto found = owned.find(domid);
  return found == owned.end() ? 0 : found->second;
}

NodeId StoreIndex::unknown_owner() { return columns_->unknown_owner(); }

std::optional<ProfileTable::Index> StoreIndex::profile(Domid domid) {
  if (facts_.options.profile) return facts_.options.profile;
  const auto [place, added] = profiles_.try_emplace(domid);
  const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kEverything);
  if (added) place->second = facts_.schema.profiles().of_domain(facts_.snapshot, domid);
  return place->second;
}

StoreIndex::ValueEffect StoreIndex::value_changed(NodeId node, std::string_view before) {
  const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kNothing);
  return {.resized = columns_->sizes.value_changed(node, before.size()),
          .other_class = columns_->value_changed(node)};
}

bool StoreIndex::other_class(NodeId node, std::string_view value) const {
  return columns_->other_class(node, value);
}

const SchemaIndex& StoreIndex::schema() { return columns_->schema(*this); }

}  // namespace xsaudit
