// The result of comparing each node of a store with the schema, computed for all nodes in one walk
// and kept in one byte each, so that rules over every node cost almost nothing on healthy nodes.
// The differences of other nodes are computed when needed. Access is compared once for each
// combination of entry, domain (or device) and permission list. Made in parts by any number of
// threads; once all parts are made, only read, by any thread; or followed by value_changed().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"

namespace xsaudit {

class SchemaIndex {
 public:
  // Nothing but parts() may be asked before each part is made.
  explicit SchemaIndex(const AuditContext& facts);

  // What a thread makes at a time: large enough for what is computed once a part not to count.
  std::size_t parts() const { return (marks_.size() + kPartNodes - 1) / kPartNodes; }
  // `store_index`: of the thread that makes it. Other threads may make other parts meanwhile.
  void make(std::size_t part, StoreIndex& store_index);

  // An entry governs the node, and describes it for the toolstack of its domain.
  bool described(NodeId node) const { return (marks_[node] & kNotDescribed) == 0; }
  // The toolstack of its domain is unknown, and the profiles describe the node differently: it
  // counts as described, and as granting no additional access, if one of them describes it so.
  bool unsure(NodeId node) const { return (marks_[node] & kUnsure) != 0; }
  // It grants other access than described. False if its permissions are unknown.
  bool access_differs(NodeId node) const { return (marks_[node] & kAccessDiffers) != 0; }
  // Its value is not of its type. False if the value is unknown.
  bool value_differs(NodeId node) const {
    if (ValueReads* const reads = facts_.snapshot.reads()) reads->note_class(node);
    return (marks_[node] & kValueDiffers) != 0;
  }
  // Its value is unknown, so its type cannot be checked.
  bool value_matters(NodeId node) const { return (marks_[node] & kValueMatters) != 0; }
  bool link(NodeId node) const { return (marks_[node] & kLink) != 0; }
  // A child that may be required is absent or not recorded.
  bool may_lack(NodeId node) const { return (marks_[node] & kMayLack) != 0; }

  // Nodes of one class have the same answers to all of the above. kNoClass where something differs
  // from the schema or is not known: there the answers alone do not say what.
  static constexpr std::uint32_t kNoClass = UINT32_MAX;
  std::uint32_t class_of(NodeId node) const {
    return (marks_[node] & kParticular) == 0 ? marks_[node] : kNoClass;
  }
  static constexpr std::size_t kClasses = 256;

  // After a change of the value of a node, which was known and is. Whether that changes its class.
  bool value_changed(NodeId node);
  // Whether this value would.
  bool other_class(NodeId node, std::string_view value) const {
    return marks_with(node, value) != marks_[node];
  }

 private:
  class Maker;  // schema_index.cc
  static constexpr std::size_t kPartNodes = std::size_t{1} << 16;
  using Marks = std::uint8_t;
  static constexpr Marks kNotDescribed = 1;
  static constexpr Marks kAccessDiffers = 2;
  static constexpr Marks kValueDiffers = 4;
  static constexpr Marks kValueMatters = 8;
  static constexpr Marks kLink = 16;
  static constexpr Marks kMayLack = 32;
  static constexpr Marks kUnsure = 64;
  static constexpr Marks kParticular =
      kAccessDiffers | kValueDiffers | kValueMatters | kMayLack | kUnsure;

  Marks marks_with(NodeId node, std::string_view value) const;

  const AuditContext& facts_;
  std::vector<Marks> marks_;  // by node
};

}  // namespace xsaudit
