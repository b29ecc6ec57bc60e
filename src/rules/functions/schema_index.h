// How each node of a store compares with the schema, worked out for all nodes in one walk, and kept
// in a byte for each: so that rules over every node cost next to nothing where all is well.
// Differences of the other nodes are computed for each node when needed. Access is compared once
// for each entry, domain (or device) and permission list that come together. Used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/described_access.h"
#include "schema/schema_walk.h"

namespace xsaudit {

class SchemaIndex {
 public:
  SchemaIndex(const AuditContext& facts, StoreIndex& store_index);

  // An entry governs the node, and describes it for the toolstack that made its domain.
  bool described(NodeId node) const { return (marks_[node] & kNotDescribed) == 0; }
  // Which toolstack made its domain is not known, and not all describe the node alike: it is taken
  // as described, and as granting no other access, where one of them says so.
  bool unsure(NodeId node) const { return (marks_[node] & kUnsure) != 0; }
  // It grants other access than described. False where its permissions are not known.
  bool access_differs(NodeId node) const { return (marks_[node] & kAccessDiffers) != 0; }
  // Its value is not of its type. False where it is not known.
  bool value_differs(NodeId node) const { return (marks_[node] & kValueDiffers) != 0; }
  // Its value would have to be known to say whether it is.
  bool value_matters(NodeId node) const { return (marks_[node] & kValueMatters) != 0; }
  bool link(NodeId node) const { return (marks_[node] & kLink) != 0; }
  // A node that may be required below it is not there, or not recorded.
  bool may_lack(NodeId node) const { return (marks_[node] & kMayLack) != 0; }

  AccessDescriptions& access() { return access_; }

 private:
  using Marks = std::uint8_t;
  static constexpr Marks kNotDescribed = 1;
  static constexpr Marks kAccessDiffers = 2;
  static constexpr Marks kValueDiffers = 4;
  static constexpr Marks kValueMatters = 8;
  static constexpr Marks kLink = 16;
  static constexpr Marks kMayLack = 32;
  static constexpr Marks kUnsure = 64;

  // The constant facts about a pattern, and the last result: of the nodes below one anchor, the one
  // where all variables that permissions may depend on are bound.
  struct PatternState {
    std::size_t anchor_depth = 0;
    bool typed_by_path = false;  // its type compares with a variable
    NodeId anchor = kNoNode;
    bool described = false;
    bool unsure = false;
    std::vector<Permissions> access;
    PermissionsId permissions = kNoPermissions;
    bool differs = false;
  };
  Marks judge(const SchemaWalk& walk);
  Marks judge_value(const SchemaWalk& walk, const Schema::Numbered& governor, bool typed_by_path);
  bool access_differs(const SchemaWalk& walk, const Schema::Numbered& governor,
                      PatternState& state);
  void move_to_anchor(const SchemaWalk& walk, const Schema::Numbered& governor, PatternState& state,
                      NodeId anchor);
  PatternState first_state(const Schema::Numbered& governor) const;

  const AuditContext& facts_;
  AccessDescriptions access_;
  // By the pattern's number; nothing of those that govern no node.
  std::vector<std::optional<PatternState>> patterns_;
  std::vector<Binding> bindings_;  // scratch
  std::vector<Marks> marks_;       // by node
};

}  // namespace xsaudit
