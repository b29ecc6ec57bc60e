// A checked expression: its names are resolved, and its type is known. Immutable; any thread may
// evaluate it, each in a context of its own.
#pragma once

#include <memory>
#include <vector>

#include "rules/check/type.h"
#include "rules/eval/eval_context.h"
#include "rules/eval/value.h"

namespace xsaudit {

// Parts of the node being judged, as bits. A store has few different permission lists, names,
// depths, homes and sizes, and few classes of nodes that the schema describes alike
// (schema_index.h): a condition that reads one of these parts only need not be evaluated at each
// node (rules/settled_nodes.h).
using NodeParts = std::uint16_t;
inline constexpr NodeParts kNodePermissions = 1;
inline constexpr NodeParts kNodeName = 2;
inline constexpr NodeParts kNodeDepth = 4;
inline constexpr NodeParts kNodeSchema = 8;
inline constexpr NodeParts kNodeHome = 16;         // of which domain it lies in the home
inline constexpr NodeParts kNodePathSize = 32;     // the bytes of its path
inline constexpr NodeParts kNodeListingSize = 64;  // and of its children's names
inline constexpr NodeParts kNodeSize = 128;        // and of the node, as C xenstored counts them
inline constexpr NodeParts kNodeValueSize = 256;   // and of its value
inline constexpr NodeParts kNodeValueClass = 512;  // whether its value is printable ASCII
inline constexpr NodeParts kNodeRest = 1024;

// The parts of a context that an expression reads, in addition to facts that hold for the whole
// store.
struct Reads {
  SlotSet slots = 0;   // names of the context that it does not bind itself
  NodeParts node = 0;  // of the node being judged
  // Whether it has a search (search.h): the number of its evaluations limits what it may visit.
  bool searches = false;

  Reads operator|(const Reads& other) const {
    return {slots | other.slots, static_cast<NodeParts>(node | other.node),
            searches || other.searches};
  }
  Reads without(SlotSet bound) const { return {slots & ~bound, node, searches}; }
};

class Expression {
 public:
  virtual ~Expression() = default;
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  // A value of type(), null if the type allows it, or unknown.
  virtual Value evaluate(EvalContext& context) const = 0;

  Type type() const { return type_; }
  const Reads& reads() const { return reads_; }

 protected:
  Expression(Type type, Reads reads) : type_(type), reads_(reads) {}

 private:
  const Type type_;
  const Reads reads_;
};

using ExpressionPtr = std::unique_ptr<const Expression>;

inline Reads reads_of(const std::vector<ExpressionPtr>& expressions) {
  Reads reads;
  for (const ExpressionPtr& one : expressions) reads = reads | one->reads();
  return reads;
}

}  // namespace xsaudit
