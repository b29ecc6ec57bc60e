#include "rules/functions/functions.h"
#include "store/path.h"

namespace xsaudit {
namespace {

Value value_of(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return {};
  return context.value_at(place.node);
}

Value exists(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  return Value::of(place.present());
}

Value children(EvalContext& context, const Value* arguments) {
  const Snapshot& snapshot = context.snapshot;
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of_list(nullptr, 0);
  std::size_t count = 0;
  for (NodeId child = snapshot.first_child(place.node); child != kNoNode;
       child = snapshot.next_sibling(child)) {
    ++count;
  }
  context.step(count);
  const std::span<Value> names = context.arena.array<Value>(count);
  NodeId child = snapshot.first_child(place.node);
  for (Value& name : names) {
    name = Value::of(snapshot.name(child));
    child = snapshot.next_sibling(child);
  }
  const UnknownReason reason = snapshot.children_unknown(place.node);
  const Unknown* const gap =
      reason == UnknownReason::known
          ? nullptr
          : context.unknown(place.node, "its children are not all known", reason);
  return Value::of_list(names.data(), names.size(), gap);
}

Value parent(EvalContext& context, const Value* arguments) {
  const Value& path = arguments[0];
  if (path.is(Value::Kind::path) && path.size == 0) {
    return Value::of_path(path.node == kRootNode ? kRootNode : context.snapshot.parent(path.node));
  }
  return Value::of(parent_path(context.text_of(path)));
}

Value sibling_of(EvalContext& context, const Value& path, const Value& name) {
  const Value above = parent(context, &path);
  const std::string_view tail = context.text_of(name);
  char* const bytes = context.arena.bytes(tail.size() + 1);
  bytes[0] = '/';
  tail.copy(bytes + 1, tail.size());
  const std::string_view behind(bytes, tail.size() + 1);
  if (above.is(Value::Kind::path)) {
    return above.node == kRootNode ? Value::of(behind) : Value::of_path(above.node, behind);
  }
  if (above.view() == "/") return Value::of(behind);
  const std::span<char> whole = context.arena.array<char>(above.size + behind.size());
  above.view().copy(whole.data(), above.size);
  behind.copy(whole.data() + above.size, behind.size());
  return Value::of(std::string_view(whole.data(), whole.size()));
}
Value sibling_of_node(EvalContext& context, const Value* arguments) {
  return sibling_of(context, context.slots[kNodeSlot], arguments[0]);
}
Value sibling(EvalContext& context, const Value* arguments) {
  return sibling_of(context, arguments[0], arguments[1]);
}

Value name(EvalContext& context, const Value* arguments) {
  const Value& path = arguments[0];
  if (path.is(Value::Kind::path) && path.size == 0) {
    return Value::of(context.snapshot.name(path.node));
  }
  return Value::of(last_name(context.text_of(path)));
}

Value depth(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return {};
  return Value::of(static_cast<std::int64_t>(context.store_index.depth(place.node)));
}

Value nodes(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(std::int64_t{0});
  const auto count =
      static_cast<std::int64_t>(context.snapshot.subtree_end(place.node) - place.node - 1);
  const NodeId gap = context.store_index.unknown_children_below(place.node);
  if (gap == kNoNode) return Value::of(count);
  Unknown unknown = *context.unknown(gap, "its children are not all known",
                                     context.snapshot.children_unknown(gap));
  unknown.at_least = count;
  return Value::of(context.arena.make(unknown));
}

}  // namespace

FunctionGroup node_functions() {
  return {"Nodes",
          {function("value(path)", {kText}, kText, value_of,
                    "The value of a node; null if the node does not exist."),
           function("exists(path)", {kText}, kBoolean, exists, "Whether the store has this node."),
           function("children(path)", {kText}, list_of(Type::Kind::text), children,
                    "The names of its children, in the order of the store."),
           function("nodes(path)", {kText}, kInteger, nodes, "How many nodes lie below it."),
           function("parent(path)", {kText}, kText, parent, "The path above; of `/` that is `/`."),
           function_at_node("sibling(name)", {kText}, kText, sibling_of_node,
                            "The path of the sibling of `node` that has this name."),
           function("sibling(path, name)", {kText, kText}, kText, sibling,
                    "The path of the sibling of another node that has this name."),
           function_of_part(kNodeName, "name(path)", {kText}, kText, name,
                            "The last component of a path."),
           function_of_part(kNodeDepth, "depth(path)", {kText}, kInteger, depth,
                            "How many levels below `/` the node lies; null if there is none.")}};
}

}  // namespace xsaudit
