// The result of comparing each node of a store with the schema, computed for all nodes in one walk
// and kept in one byte each, so that rules over every node cost almost nothing on healthy nodes.
// The differences of other nodes are computed when needed. Access is compared once for each
// combination of entry, domain (or device) and permission list. Used by one thread.
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

  // An entry governs the node, and describes it for the toolstack of its domain.
  bool described(NodeId node) const { return (marks_[node] & kNotDescribed) == 0; }
  // The toolstack of its domain is unknown, and the profiles describe the node differently: it
  // counts as described, and as granting no additional access, if one of them describes it so.
  bool unsure(NodeId node) const { return (marks_[node] & kUnsure) != 0; }
  // It grants other access than described. False if its permissions are unknown.
  bool access_differs(NodeId node) const { return (marks_[node] & kAccessDiffers) != 0; }
  // Its value is not of its type. False if the value is unknown.
  bool value_differs(NodeId node) const { return (marks_[node] & kValueDiffers) != 0; }
  // Its value is unknown, so its type cannot be checked.
  bool value_matters(NodeId node) const { return (marks_[node] & kValueMatters) != 0; }
  bool link(NodeId node) const { return (marks_[node] & kLink) != 0; }
  // A child that may be required is absent or not recorded.
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
  // By the pattern's number; empty for patterns that govern no node.
  std::vector<std::optional<PatternState>> patterns_;
  std::vector<Binding> bindings_;  // scratch
  std::vector<Marks> marks_;       // by node
};

}  // namespace xsaudit
