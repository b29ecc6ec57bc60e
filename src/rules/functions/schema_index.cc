#include "rules/functions/schema_index.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "rules/functions/described_access.h"
#include "schema/schema_walk.h"

namespace xsaudit {

// Compares one node after the other, in the order of the walk.
class SchemaIndex::Maker {
 public:
  Maker(const AuditContext& facts, AccessDescriptions& access)
      : facts_(facts), access_(access), patterns_(facts.schema.patterns()) {}

  Marks judge(const SchemaWalk& walk);

 private:
  // The constant facts about a pattern, and the last result: of the nodes below one anchor, the one
  // where all variables that permissions may depend on are bound.
  struct PatternState {
    std::size_t anchor_depth = 0;
    bool typed_by_path = false;  // its type compares with a variable
    NodeId anchor = kNoNode;
    AccessDescriptions::Description description;
    PermissionsId permissions = kNoPermissions;
    bool differs = false;
  };
  Marks judge_value(const SchemaWalk& walk, const Schema::Numbered& governor, bool typed_by_path);
  bool access_differs(const SchemaWalk& walk, const Schema::Numbered& governor,
                      PatternState& state);
  void move_to_anchor(const SchemaWalk& walk, const Schema::Numbered& governor, PatternState& state,
                      NodeId anchor);
  PatternState first_state(const Schema::Numbered& governor) const;

  const AuditContext& facts_;
  AccessDescriptions& access_;
  // By the pattern's number; nothing of those that govern no node.
  std::vector<std::optional<PatternState>> patterns_;
  Schema::Match match_;            // scratch
  std::vector<Binding> bindings_;  // scratch
};

SchemaIndex::SchemaIndex(const AuditContext& facts)
    : facts_(facts), marks_(facts.snapshot.size()) {}

void SchemaIndex::make(std::size_t part, StoreIndex& store_index) {
  const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kEverything);
  Maker maker(facts_, store_index.access());
  const auto first = static_cast<NodeId>(part * kPartNodes);
  const std::size_t end = std::min(marks_.size(), (part + 1) * kPartNodes);
  for (SchemaWalk walk(facts_.schema, facts_.snapshot, first); walk.next() && walk.node() < end;) {
    marks_[walk.node()] = maker.judge(walk);
  }
}

SchemaIndex::Maker::PatternState SchemaIndex::Maker::first_state(
    const Schema::Numbered& governor) const {
  PatternState state;
  state.typed_by_path = !governor.entry->type.variables().empty();
  // The owner of the node, its device, and the domains that its permissions name.
  std::set<std::string_view> wanted = {"DOMID", "BACKEND_DOMID", "UUID", "DEVID"};
  for (const auto& [profile, forms] : governor.entry->permissions) {
    for (const PermissionTemplate& form : forms) {
      for (const PermissionTemplate::Entry& one : form.entries()) wanted.insert(one.variable);
    }
  }
  const auto& segments = governor.pattern->segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].kind != Pattern::Segment::Kind::variable) continue;
    const auto index = static_cast<std::size_t>(segments[i].variable);
    if (wanted.count(governor.pattern->variables()[index].name) > 0) state.anchor_depth = i + 1;
  }
  return state;
}

SchemaIndex::Marks SchemaIndex::Maker::judge(const SchemaWalk& walk) {
  const Snapshot& snapshot = facts_.snapshot;
  Marks marks = 0;
  walk.for_each_required([&](PathTrie::Id id) {
    const std::string& name = facts_.schema.numbered(id).pattern->segments().back().prefix;
    if ((marks & kMayLack) == 0 && snapshot.child(walk.node(), name) == kNoNode) marks |= kMayLack;
  });
  const auto id = walk.pattern();
  if (!id) return static_cast<Marks>(marks | kNotDescribed);
  const Schema::Numbered governor = facts_.schema.numbered(*id);
  if (!patterns_[*id]) patterns_[*id] = first_state(governor);
  PatternState& state = *patterns_[*id];
  const NodeId anchor = walk.line()[state.anchor_depth];
  if (state.anchor != anchor) move_to_anchor(walk, governor, state, anchor);
  if (!state.description.exists) return static_cast<Marks>(marks | kNotDescribed);
  if (state.description.unsure) marks |= kUnsure;
  if (access_differs(walk, governor, state)) marks |= kAccessDiffers;
  if (governor.entry->link) marks |= kLink;
  return static_cast<Marks>(marks | judge_value(walk, governor, state.typed_by_path));
}

void SchemaIndex::Maker::move_to_anchor(const SchemaWalk& walk, const Schema::Numbered& governor,
                                        PatternState& state, NodeId anchor) {
  match_.entry = governor.entry;
  match_.pattern = governor.pattern;
  walk.bind(*governor.pattern, match_.bindings);
  state.anchor = anchor;
  state.permissions = kNoPermissions;
  // A device that a fixed name implies is below the anchor, where the pattern's own names end.
  const NodeId named = walk.line()[governor.pattern->segments().size()];
  state.description = access_.describe(match_, named);
}

bool SchemaIndex::Maker::access_differs(const SchemaWalk& walk, const Schema::Numbered& governor,
                                        PatternState& state) {
  const PermissionsId permissions = facts_.snapshot.permissions_id(walk.node());
  if (permissions == kNoPermissions) return false;
  if (state.permissions != permissions) {
    state.permissions = permissions;
    const AccessDifference difference =
        access_.difference(*governor.entry, state.description.access, walk.node());
    state.differs = difference.more() || difference.less();
  }
  return state.differs;
}

SchemaIndex::Marks SchemaIndex::Maker::judge_value(const SchemaWalk& walk,
                                                   const Schema::Numbered& governor,
                                                   bool typed_by_path) {
  const SchemaEntry& entry = *governor.entry;
  if (entry.unchecked || entry.type.text() == "any") return 0;
  if (facts_.snapshot.value_unknown(walk.node()) != UnknownReason::known) return kValueMatters;
  if (typed_by_path) walk.bind(*governor.pattern, bindings_);
  const auto lookup = [&](std::string_view variable) {
    return bindings_[static_cast<std::size_t>(governor.pattern->variable(variable))].text;
  };
  // value_changed() follows changes.
  const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kNothing);
  return entry.type.accepts(facts_.snapshot.value(walk.node()), lookup) ? 0 : kValueDiffers;
}

SchemaIndex::Marks SchemaIndex::marks_with(NodeId node, std::string_view value) const {
  const Marks before = marks_[node];
  if ((before & kNotDescribed) != 0) return before;
  const std::string path = facts_.snapshot.path(node);
  const Schema::Match match = facts_.schema.match(path);
  if (match.entry == nullptr) return before;
  const SchemaEntry& entry = *match.entry;
  if (entry.unchecked || entry.type.text() == "any") return before;
  const auto lookup = [&](std::string_view variable) {
    return match.bindings[static_cast<std::size_t>(match.pattern->variable(variable))].text;
  };
  const bool differs = !entry.type.accepts(value, lookup);
  return static_cast<Marks>((before & ~kValueDiffers) | (differs ? kValueDiffers : 0));
}

bool SchemaIndex::value_changed(NodeId node) {
  const Marks before = marks_[node];
  marks_[node] = marks_with(node, facts_.snapshot.value(node));
  return marks_[node] != before;
}

}  // namespace xsaudit
