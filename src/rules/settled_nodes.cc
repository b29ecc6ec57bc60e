#include "rules/settled_nodes.h"

#include <algorithm>

#include "rules/check/names.h"
#include "rules/eval/operators.h"
#include "rules/functions/schema_index.h"
#include "rules/functions/store_index.h"

namespace xsaudit {
namespace {

const Expression* let_of(const SlotLayout& layout, Slot slot) {
  const auto found = std::find_if(layout.lets.begin(), layout.lets.end(),
                                  [slot](const auto& let) { return let.first == slot; });
  return found == layout.lets.end() ? nullptr : found->second;
}

}  // namespace

void SettledNodes::add(const Expression& condition, bool value) {
  SlotSet allowed = bit(kNodeSlot);
  for (const auto& let : layout_->lets) allowed |= bit(let.first);
  const Reads& reads = condition.reads();
  const bool one_part = (reads.node & kNodeRest) == 0 && (reads.node & (reads.node - 1)) == 0;
  if (one_part && reads.without(allowed).slots == 0) {
    tests_.push_back({&condition, value, reads.node});
    return;
  }
  if (const auto* const negation = dynamic_cast<const Negation*>(&condition)) {
    add(negation->part(), !value);
  } else if (const auto* const conjunction = dynamic_cast<const Conjunction*>(&condition)) {
    for (const ExpressionPtr& part : conjunction->parts()) {
      if (!value) add(*part, value);
    }
  } else if (const auto* const disjunction = dynamic_cast<const Disjunction*>(&condition)) {
    for (const ExpressionPtr& part : disjunction->parts()) {
      if (value) add(*part, value);
    }
  } else if (const auto* const name = dynamic_cast<const LetName*>(&condition)) {
    if (const Expression* const let = let_of(*layout_, name->slot())) add(*let, value);
  }
}

std::uint32_t SettledNodes::number_of_rare(NodeParts part, EvalContext& context, NodeId node) {
  if (part == kNodeName) return context.snapshot.name_id(node);
  if (part == kNodeDepth) return context.store_index.depth(node);
  // The schema says nothing of a node whose place is not known, and its index nothing of unknown
  // permissions.
  if (context.store_index.any_unplaced()) return kNoNumber;
  if (context.snapshot.permissions_id(node) == kNoPermissions) return kNoNumber;
  return context.store_index.schema().class_of(node);
}

std::size_t SettledNodes::count_of(NodeParts part, const Snapshot& snapshot) {
  if (part == kNodePermissions) return snapshot.permission_lists();
  if (part == kNodeName) return snapshot.strings().size();
  if (part == kNodeDepth) return StoreIndex::kDepths;
  return part == kNodeSchema ? SchemaIndex::kClasses : 1;
}

// What is unknown at one node may be known at another: such nodes are left open.
SettledNodes::Answer SettledNodes::ask(EvalContext& context, NodeId node, const Test& test) {
  context.move_to(node);
  const Value value = test.condition->evaluate(context);
  const bool settled = value.is(Value::Kind::boolean) && value.boolean == test.value;
  return settled ? Answer::settled : Answer::open;
}

SettledNodes settled_nodes(const RuleProgram& program) {
  SettledNodes settled(program.layout);
  // Each evaluation of a search adds to what all together may look at (search_index.h): to leave
  // some out would let a rule give up earlier.
  if (program.layout.searches > 0) return settled;
  settled.add(*program.assertion, true);
  if (program.when != nullptr) settled.add(*program.when, false);
  return settled;
}

}  // namespace xsaudit
