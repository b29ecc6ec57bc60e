#include "rules/language/functions.h"
#include "store/path.h"

namespace xsaudit {
namespace {

Value value_of(Frame& frame, const Value* arguments) {
  const Place place = find_place(frame, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return {};
  const UnknownReason reason = frame.snapshot.value_unknown(place.node);
  if (reason == UnknownReason::known) {
    const std::string_view value = frame.snapshot.value(place.node);
    if (frame.watch_secrets && !frame.read_secret) {
      frame.read_secret = frame.facts.secret(place.node);
    }
    return Value::of(value);
  }
  return Value::of(frame.unknown(place.node, "its value is not known", reason));
}

Value exists(Frame& frame, const Value* arguments) {
  const Place place = find_place(frame, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  return Value::of(place.present());
}

Value children(Frame& frame, const Value* arguments) {
  const Snapshot& snapshot = frame.snapshot;
  const Place place = find_place(frame, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of_list(nullptr, 0);
  std::size_t count = 0;
  for (NodeId child = snapshot.first_child(place.node); child != kNoNode;
       child = snapshot.next_sibling(child)) {
    ++count;
  }
  frame.step(count);
  const std::span<Value> names = frame.arena.array<Value>(count);
  NodeId child = snapshot.first_child(place.node);
  for (Value& name : names) {
    name = Value::of(snapshot.name(child));
    child = snapshot.next_sibling(child);
  }
  const UnknownReason reason = snapshot.children_unknown(place.node);
  const Unknown* const gap =
      reason == UnknownReason::known
          ? nullptr
          : frame.unknown(place.node, "its children are not all known", reason);
  return Value::of_list(names.data(), names.size(), gap);
}

Value parent(Frame& frame, const Value* arguments) {
  const Value& path = arguments[0];
  if (path.is(Value::Kind::path) && path.size == 0) {
    return Value::of_path(path.node == kRootNode ? kRootNode : frame.snapshot.parent(path.node));
  }
  return Value::of(parent_path(frame.text_of(path)));
}

Value beside(Frame& frame, const Value& path, const Value& name) {
  const Value above = parent(frame, &path);
  const std::string_view tail = frame.text_of(name);
  char* const bytes = frame.arena.bytes(tail.size() + 1);
  bytes[0] = '/';
  tail.copy(bytes + 1, tail.size());
  const std::string_view behind(bytes, tail.size() + 1);
  if (above.is(Value::Kind::path)) {
    return above.node == kRootNode ? Value::of(behind) : Value::of_path(above.node, behind);
  }
  if (above.view() == "/") return Value::of(behind);
  const std::span<char> whole = frame.arena.array<char>(above.size + behind.size());
  above.view().copy(whole.data(), above.size);
  behind.copy(whole.data() + above.size, behind.size());
  return Value::of(std::string_view(whole.data(), whole.size()));
}
Value sibling_of_node(Frame& frame, const Value* arguments) {
  return beside(frame, frame.slots[kNodeSlot], arguments[0]);
}
Value sibling(Frame& frame, const Value* arguments) {
  return beside(frame, arguments[0], arguments[1]);
}

Value name(Frame& frame, const Value* arguments) {
  const Value& path = arguments[0];
  if (path.is(Value::Kind::path) && path.size == 0) {
    return Value::of(frame.snapshot.name(path.node));
  }
  return Value::of(last_name(frame.text_of(path)));
}

Value depth(Frame& frame, const Value* arguments) {
  const Place place = find_place(frame, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return {};
  return Value::of(static_cast<std::int64_t>(frame.columns.depth(place.node)));
}

Value nodes(Frame& frame, const Value* arguments) {
  const Place place = find_place(frame, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(std::int64_t{0});
  const auto count =
      static_cast<std::int64_t>(frame.snapshot.subtree_end(place.node) - place.node - 1);
  const NodeId gap = frame.columns.unknown_children_below(place.node);
  if (gap == kNoNode) return Value::of(count);
  Unknown unknown =
      *frame.unknown(gap, "its children are not all known", frame.snapshot.children_unknown(gap));
  unknown.at_least = count;
  return Value::of(frame.arena.make(unknown));
}

}  // namespace

FunctionGroup node_functions() {
  return {"Nodes",
          {function("value(path)", {kText}, kText, value_of,
                    "The value of a node; null if there is no such node."),
           function("exists(path)", {kText}, kBoolean, exists, "Whether the store has this node."),
           function("children(path)", {kText}, list_of(Type::Kind::text), children,
                    "The names of its children, in the order of the store."),
           function("nodes(path)", {kText}, kInteger, nodes, "How many nodes lie below it."),
           function("parent(path)", {kText}, kText, parent, "The path above; of `/` that is `/`."),
           function_at_node("sibling(name)", {kText}, kText, sibling_of_node,
                            "The path beside `node` that ends in this name."),
           function("sibling(path, name)", {kText, kText}, kText, sibling,
                    "The path beside another that ends in this name."),
           function("name(path)", {kText}, kText, name, "The last component of a path."),
           function("depth(path)", {kText}, kInteger, depth,
                    "How many levels below `/` the node lies; null if there is none.")}};
}

}  // namespace xsaudit
