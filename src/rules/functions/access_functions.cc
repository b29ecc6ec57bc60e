#include <algorithm>

#include "base/number_text.h"

#include "rules/functions/functions.h"

namespace xsaudit {
namespace {

constexpr const char* kPermissionsUnknown = "its permissions are not known";

const DomainSet& empty_set() {
  static const DomainSet set;
  return set;
}

Value permissions_unknown(EvalContext& context, NodeId node) {
  return Value::of(
      context.unknown(node, kPermissionsUnknown, context.snapshot.permissions_unknown(node)));
}

// The result of `give` for the permissions of the node at a path; null without a node.
template <typename Give>
Value of_permissions(EvalContext& context, const Value& path, const Give& give) {
  const NodeLookup place = look_up_node(context, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return {};
  const PermissionsId id = context.snapshot.permissions_id(place.node);
  return id == kNoPermissions ? permissions_unknown(context, place.node) : give(id);
}

Value owner(EvalContext& context, const Value* arguments) {
  return of_permissions(context, arguments[0], [&](PermissionsId id) {
    return Value::of(context.snapshot.permissions_of(id).front().domid);
  });
}

Value perms(EvalContext& context, const Value* arguments) {
  return of_permissions(context, arguments[0], [&](PermissionsId id) {
    return Value::of(context.store_index.permissions_text(id));
  });
}

Value default_access(EvalContext& context, const Value* arguments) {
  return of_permissions(context, arguments[0], [&](PermissionsId id) {
    switch (context.snapshot.permissions_of(id).front().letter()) {
      case 'r': return Value::of(std::string_view("r"));
      case 'w': return Value::of(std::string_view("w"));
      case 'b': return Value::of(std::string_view("b"));
      default: return Value::of(std::string_view("n"));
    }
  });
}

Value entries(EvalContext& context, const Value* arguments) {
  const Value all = of_permissions(context, arguments[0], [&](PermissionsId id) {
    std::string_view rest = context.store_index.permissions_text(id);
    const std::span<Value> items =
        context.arena.array<Value>(context.snapshot.permissions_of(id).size());
    context.step(items.size());
    for (Value& item : items) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      item = Value::of(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return Value::of_list(items.data(), items.size());
  });
  return all.is(Value::Kind::null) ? Value::of_list(nullptr, 0) : all;
}

Value stale_entries(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of_list(nullptr, 0);
  const Permissions* const list = context.snapshot.permissions(place.node);
  if (list == nullptr) return permissions_unknown(context, place.node);
  if (!context.snapshot.info().stale_known) {
    return Value::of(context.unknown(place.node,
                                     "the entries that the daemon ignores are not known",
                                     UnknownReason::not_in_form));
  }
  const std::span<Value> items = context.arena.array<Value>(list->size());
  std::size_t count = 0;
  for (const PermissionEntry& entry : *list) {
    if (!entry.stale) continue;
    items[count++] = Value::of(context.arena.copy(entry.letter() + std::to_string(entry.domid)));
  }
  return Value::of_list(items.data(), count);
}

Value domid(EvalContext& context, const Value* arguments) {
  const std::string_view entry = context.text_of(arguments[0]);
  Domid domid = 0;
  if (entry.empty() || !whole_number(entry.substr(1), domid)) return {};
  return Value::of(domid);
}

Value any_domid(EvalContext& context, const Value*) {
  const SnapshotInfo& info = context.snapshot.info();
  if (info.daemon == Daemon::oxenstored) return Value::of(false);
  if (info.any_domid) return Value::of(*info.any_domid);
  return Value::of(context.unknown(kRootNode,
                                   "the meaning of an entry for 32757 in this daemon is not known",
                                   UnknownReason::not_in_form));
}

using Ask = const DomainSet* (Access::*)(NodeId) const;

// The domains with a right at the node itself.
Value with_right(EvalContext& context, const Value& path, Ask ask) {
  const NodeLookup place = look_up_node(context, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(&empty_set());
  const DomainSet* const set = (context.facts.access.*ask)(place.node);
  return set == nullptr ? permissions_unknown(context, place.node) : Value::of(set);
}

// The domains with a power over a node that an ancestor may give: there may be more where an
// ancestor's permissions are not known.
Value with_power(EvalContext& context, NodeId node, Ask ask) {
  const DomainSet* const set = (context.facts.access.*ask)(node);
  if (set == nullptr) return permissions_unknown(context, node);
  const NodeId gap = context.store_index.unknown_permissions_above(node);
  if (gap == kNoNode) return Value::of(set);
  return Value::of(set, permissions_unknown(context, gap).unknown);
}

Value readers(EvalContext& context, const Value* arguments) {
  return with_right(context, arguments[0], &Access::readers);
}
Value writers(EvalContext& context, const Value* arguments) {
  return with_right(context, arguments[0], &Access::writers);
}
Value removers(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(&empty_set());
  return with_power(context, place.node, &Access::removers);
}
Value controllers(EvalContext& context, const Value* arguments) {
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (place.nearest == kNoNode) return Value::of(&empty_set());
  return with_power(context, place.nearest,
                    place.present() ? &Access::controllers : &Access::creators);
}

// A few domains that represent the whole set: those listed, or one of all others.
std::vector<Domid> examples(const DomainSet& set) {
  static constexpr std::size_t kShown = 5;
  if (!set.everyone_else()) {
    const std::vector<Domid>& listed = set.listed();
    return {listed.begin(),
            listed.begin() + static_cast<std::ptrdiff_t>(std::min(listed.size(), kShown))};
  }
  for (Domid domid = 0; domid < kFirstReservedDomid; ++domid) {
    if (set.contains(domid)) return {domid};
  }
  return {};
}

using Through = NodeId (Access::*)(NodeId, Domid) const;

Value through(EvalContext& context, const Value& path, Ask ask, Through way) {
  const NodeLookup place = look_up_node(context, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (place.nearest == kNoNode) return {};
  const DomainSet* const set = (context.facts.access.*ask)(place.nearest);
  if (set == nullptr) return permissions_unknown(context, place.nearest);
  std::vector<NodeId> ways;
  for (const Domid domid : examples(*set)) {
    const NodeId node = (context.facts.access.*way)(place.nearest, domid);
    if (node != kNoNode && std::find(ways.begin(), ways.end(), node) == ways.end()) {
      ways.push_back(node);
    }
  }
  if (ways.empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    if (i > 0) text += i + 1 == ways.size() ? " and " : ", ";
    text += context.text_of(Value::of_path(ways[i]));
  }
  return Value::of(context.arena.copy(text));
}

Value controlled_through(EvalContext& context, const Value* arguments) {
  return through(context, arguments[0], &Access::controllers, &Access::controlled_through);
}
Value removed_through(EvalContext& context, const Value* arguments) {
  return through(context, arguments[0], &Access::removers, &Access::removed_through);
}

Value owned_nodes(EvalContext& context, const Value* arguments) {
  const auto count = static_cast<std::int64_t>(context.store_index.owned(arguments[0].integer));
  const NodeId gap = context.store_index.unknown_owner();
  if (gap == kNoNode) return Value::of(count);
  Unknown unknown = *permissions_unknown(context, gap).unknown;
  unknown.at_least = count;
  return Value::of(context.arena.make(unknown));
}

}  // namespace

FunctionGroup access_functions() {
  return {
      "Access",
      {function_of_permissions("owner(path)", {kText}, kInteger, owner,
                               "The domid that owns the node; null if the node does not exist."),
       function_of_permissions("perms(path)", {kText}, kText, perms,
                               "Its permissions as `xenstore-ls -p` prints them: `n0,r3`."),
       function_of_permissions("entries(path)", {kText}, list_of(Type::Kind::text), entries,
                               "The same, one text for each entry, the owner's first."),
       function_of_permissions(
           "default_access(path)", {kText}, kText, default_access,
           "The access of every domain without an entry of its own: `n`, `r`, `w` or `b`."),
       function("stale_entries(path)", {kText}, list_of(Type::Kind::text), stale_entries,
                "The entries that the daemon keeps and ignores; only a dump of its state shows "
                "them."),
       function("domid(entry)", {kText}, kInteger, domid,
                "The domain that an entry of such a list names: 5 for `r5`; null if it is not an "
                "entry."),
       function_of_store(
           "any_domid()", {}, kBoolean, any_domid,
           "Whether the daemon takes an entry for 32757 to speak for every domain, as C "
           "xenstored does from Xen 4.22 on."),
       function_of_permissions("readers(path)", {kText}, kDomains, readers,
                               "The unprivileged domains that may read the node."),
       function_of_permissions("writers(path)", {kText}, kDomains, writers,
                               "The unprivileged domains that may write the node."),
       function("removers(path)", {kText}, kDomains, removers,
                "The domains that can remove it: the writers of the node or of an ancestor."),
       function("controllers(path)", {kText}, kDomains, controllers,
                "The domains that can decide its value: its writers, and those that can remove and "
                "create it. "
                "For a path that does not exist, the domains that can create it."),
       function("controlled_through(path)", {kText}, kText, controlled_through,
                "The nodes, as a text, with the permissions that make these domains its "
                "controllers; null if "
                "there are none."),
       function("removed_through(path)", {kText}, kText, removed_through,
                "The same for the removers."),
       function("owned_nodes(domid)", {kInteger}, kInteger, owned_nodes,
                "How many nodes of the whole store a domain owns.")}};
}

}  // namespace xsaudit
