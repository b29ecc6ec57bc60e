#include "rules/eval/eval_context.h"

#include <utility>

#include "base/escape.h"
#include "rules/eval/expression.h"
#include "rules/eval/search_index.h"

namespace xsaudit {

EvalContext::EvalContext(const AuditContext& facts_in, StoreIndex& columns_in,
                         const SlotLayout& layout, Secrets secrets)
    : facts(facts_in),
      snapshot(facts_in.snapshot),
      store_index(columns_in),
      slots(layout.slots),
      searches(layout.searches),
      marks_secrets_(secrets == Secrets::marked),
      lets_(layout.slots, nullptr),
      store_values_(layout.store_values) {
  for (const auto& [slot, expression] : layout.lets) lets_[slot] = expression;
}

EvalContext::~EvalContext() = default;

void EvalContext::move_to(NodeId node) {
  arena.clear();
  worked_out_ = 0;
  slots[kNodeSlot] = Value::of_path(node);
  if (ValueReads* const reads = snapshot.reads()) reads->move_to(node);
}

void EvalContext::work_out_let(Slot slot) {
  slots[slot] = lets_[slot]->evaluate(*this);
  worked_out_ |= bit(slot);
}

const Value& EvalContext::of_store(std::size_t index, const Expression& expression) {
  std::optional<Value>& value = store_values_[index];
  if (!value) {
    const ValueReads::WholeScope scope(snapshot.reads());
    std::swap(arena, store_arena_);  // the arena of a node is cleared before the next one
    value = expression.evaluate(*this);
    std::swap(arena, store_arena_);
  }
  return *value;
}

void EvalContext::work_out(SlotSet set) {
  for (std::size_t i = 0; i < lets_.size(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    if (lets_[i] != nullptr && (set & bit(slot)) != 0) let(slot);
  }
}

Value EvalContext::value_at(NodeId node) {
  const UnknownReason reason = snapshot.value_unknown(node);
  if (reason != UnknownReason::known) {
    return Value::of(unknown(node, "its value is not known", reason));
  }
  Value value = Value::of(snapshot.value(node));
  if (marks_secrets_ && facts.secret(node)) value.marks |= kSecretMark;
  return value;
}

const Unknown* EvalContext::time_up() const {
  static const Unknown unknown = [] {
    Unknown made;
    made.path = Value::of_path(kRootNode);
    made.fact = "not every node was judged";
    made.reason = "the time for it was up";
    return made;
  }();
  return &unknown;
}

std::string_view EvalContext::path_of(const Value& path) {
  std::size_t length = path.size;
  std::uint64_t levels = 0;
  for (NodeId at = path.node; at != kRootNode; at = snapshot.parent(at)) {
    length += 1 + snapshot.name(at).size();
    ++levels;
  }
  step(levels);
  if (path.node == kRootNode) ++length;
  char* const bytes = arena.bytes(length);
  char* end = bytes + length - path.size;
  path.view().copy(end, path.size);
  if (path.node == kRootNode) *--end = '/';
  for (NodeId at = path.node; at != kRootNode; at = snapshot.parent(at)) {
    const std::string_view name = snapshot.name(at);
    // Most names are so short that a call to copy one takes longer.
    for (std::size_t i = name.size(); i > 0; --i) *--end = name[i - 1];
    *--end = '/';
  }
  return {bytes, length};
}

std::string EvalContext::text_of(const Unknown& unknown) {
  return escape_shortened(text_of(unknown.path)) + ": " + unknown.fact + ": " + unknown.reason;
}

const Unknown* EvalContext::unknown(const Value& path, const char* fact, UnknownReason reason) {
  Unknown made;
  made.path = path;
  made.fact = fact;
  made.reason = to_text(reason);
  made.by_form = never_recorded(reason);
  made.not_given = reason == UnknownReason::not_given;
  return arena.make(made);
}

const Unknown* EvalContext::unknown(NodeId node, const char* fact, UnknownReason reason) {
  return unknown(Value::of_path(node), fact, reason);
}

Value EvalContext::undecided(const Value& operand) {
  if (!operand.is(Value::Kind::unknown)) return operand;
  if (operand.unknown->at_least < 0 && operand.unknown->possible_count == 0) return operand;
  Unknown made = *operand.unknown;
  made.at_least = -1;
  made.possible_count = 0;
  Value undecided = operand;
  undecided.unknown = arena.make(made);
  return undecided;
}

NodeLookup look_up_node(EvalContext& context, const Value& path) {
  const Snapshot& snapshot = context.snapshot;
  NodeId node = kRootNode;
  std::string_view rest = path.view();
  if (path.is(Value::Kind::path)) {
    node = path.node;
  } else if (rest == "/") {
    rest = {};
  } else if (rest.empty()) {
    return {};
  }
  while (!rest.empty()) {
    context.step();
    const std::size_t end = rest.find('/', 1);
    const std::string_view name = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    if (rest.front() != '/' || name.empty()) return {};  // not a path
    rest.remove_prefix(1 + name.size());
    const NodeId next = snapshot.child(node, name);
    if (next != kNoNode) {
      node = next;
      continue;
    }
    NodeLookup place;
    place.nearest = node;
    if (const UnknownReason reason = snapshot.children_unknown(node);
        reason != UnknownReason::known) {
      place.unknown = context.unknown(path, "whether it exists is not known", reason);
    }
    return place;
  }
  NodeLookup place;
  place.node = place.nearest = node;
  return place;
}

}  // namespace xsaudit
