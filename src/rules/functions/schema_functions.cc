// Functions that compare a node with the schema. For a node without differences the schema index
// has the result.
#include <string>

#include "rules/eval/list_value.h"
#include "rules/functions/described_access.h"
#include "rules/functions/functions.h"
#include "rules/functions/schema_index.h"

namespace xsaudit {
namespace {

std::string_view text_of(EvalContext& context, NodeId node) {
  return context.text_of(Value::of_path(node));
}

Schema::Match match_at(EvalContext& context, NodeId node) {
  return context.facts.schema.match(text_of(context, node));
}

// The result of `give` for a node that exists; `nothing` for one that does not.
template <typename Give>
Value at_node(EvalContext& context, const Value& path, const Value& nothing, const Give& give) {
  const NodeLookup place = look_up_node(context, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  return place.present() ? give(place.node) : nothing;
}

std::vector<std::string_view> profiles_of(EvalContext& context, const Schema::Match& match) {
  std::vector<std::string_view> names;
  if (match.entry == nullptr) return names;
  for (const auto& profile : context.facts.schema.profiles().profiles()) {
    if (match.entry->forms(profile.name) != nullptr) names.emplace_back(profile.name);
  }
  return names;
}

Value in_schema(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], Value::of(false), [&](NodeId node) {
    const SchemaIndex& column = context.store_index.schema();
    if (!column.unsure(node)) return Value::of(column.described(node));
    const std::size_t profiles = profiles_of(context, match_at(context, node)).size();
    const bool by_all = profiles == context.facts.schema.profiles().profiles().size();
    return by_all ? Value::of(true) : Value::of(profile_unknown(context, node));
  });
}

Value described_for(EvalContext& context, const Value* arguments) {
  const auto names =
      profiles_of(context, context.facts.schema.match(context.text_of(arguments[0])));
  return list_value(context, names, [](std::string_view name) { return Value::of(name); });
}

// The result of `give` for the differences of a node's access, `same` without differences.
template <typename Give>
Value at_difference(EvalContext& context, const Value& path, const Value& same, const Give& give) {
  return at_node(context, path, same, [&](NodeId node) {
    const SchemaIndex& column = context.store_index.schema();
    if (!column.described(node)) return same;
    if (context.snapshot.permissions_id(node) == kNoPermissions) {
      return Value::of(context.unknown(node, "its permissions are not known",
                                       context.snapshot.permissions_unknown(node)));
    }
    if (!column.access_differs(node)) {
      return column.unsure(node) ? Value::of(profile_unknown(context, node)) : same;
    }
    const Schema::Match match = match_at(context, node);
    const auto wanted = context.store_index.access().described(match, text_of(context, node),
                                                               context.snapshot.permissions(node));
    const AccessDifference difference =
        context.store_index.access().difference(*match.entry, wanted, node);
    if (difference.more() || difference.less()) return give(difference);
    return Value::of(context.unknown(node, "the domains that use the node are not known",
                                     UnknownReason::not_recorded));
  });
}

Value no_domains() {
  static const DomainSet set;
  return Value::of(&set);
}

Value access_violation(EvalContext& context, const Value* arguments) {
  return at_difference(context, arguments[0], {}, [&](const AccessDifference& difference) {
    return copied(context, difference.text());
  });
}

Value gained_read(EvalContext& context, const Value* arguments) {
  return at_difference(context, arguments[0], no_domains(),
                       [&](const AccessDifference& difference) {
                         return Value::of(context.store_index.kept(difference.gained_read));
                       });
}

Value gained_write(EvalContext& context, const Value* arguments) {
  return at_difference(
      context, arguments[0], no_domains(), [&](const AccessDifference& difference) {
        return Value::of(
            context.store_index.kept(difference.gained_write.united(difference.gained_ownership)));
      });
}

Value described_perms(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], Value::of_list(nullptr, 0), [&](NodeId node) {
    const Schema::Match match = match_at(context, node);
    if (match.entry == nullptr) return Value::of_list(nullptr, 0);
    const auto wanted = context.store_index.access().described(match, text_of(context, node),
                                                               context.snapshot.permissions(node));
    return list_value(context, wanted,
                      [&](const auto& one) { return copied(context, to_text(one)); });
  });
}

// The permissions of the schema for a command: without domains that are known to be gone, whose
// entries would apply to the next domain with that domid. The first entry names the owner, so a
// list that would lose it is dropped; and the meaning of a reserved domid depends on the daemon.
std::optional<Permissions> settable(const Permissions& list, const Liveness& liveness) {
  const auto gone = [&](const PermissionEntry& entry) {
    return liveness.basis != Liveness::Basis::inferred &&
           liveness.state(entry.domid) == Liveness::State::dead;
  };
  const auto reserved = [](const PermissionEntry& entry) {
    return entry.domid < 0 || entry.domid >= kFirstReservedDomid;
  };
  if (list.empty() || gone(list.front())) return std::nullopt;
  if (std::any_of(list.begin(), list.end(), reserved)) return std::nullopt;
  Permissions kept = list;
  std::erase_if(kept, gone);
  return kept;
}

Value described_entries(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], Value::of_list(nullptr, 0), [&](NodeId node) {
    const Schema::Match match = match_at(context, node);
    if (match.entry == nullptr) return Value::of_list(nullptr, 0);
    const auto wanted = context.store_index.access().described(match, text_of(context, node));
    if (wanted.size() != 1) return Value::of_list(nullptr, 0);
    const auto list = settable(wanted.front(), context.facts.liveness);
    if (!list) return Value::of_list(nullptr, 0);
    return list_value(context, *list,
                      [&](const auto& one) { return copied(context, to_text({one})); });
  });
}

Value type_violation(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], {}, [&](NodeId node) {
    const SchemaIndex& column = context.store_index.schema();
    if (column.value_matters(node)) {
      return Value::of(
          context.unknown(node, "its value is not known", context.snapshot.value_unknown(node)));
    }
    if (!column.value_differs(node)) return Value();
    return copied(context, match_at(context, node).entry->type.expected());
  });
}

Value is_link(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], Value::of(false),
                 [&](NodeId node) { return Value::of(context.store_index.schema().link(node)); });
}

// Whether the value of a link is an allowed target, with the same variables.
bool leads_to(const Schema::Match& match, std::string_view target) {
  const Pattern& to = match.entry->link->to;
  std::vector<Binding> bindings;
  if (!to.matches(target, bindings)) return false;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const int bound = match.pattern->variable(to.variables()[i].name);
    if (bound >= 0 && match.bindings[static_cast<std::size_t>(bound)].text != bindings[i].text) {
      return false;
    }
  }
  return true;
}

Value link_target(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], {}, [&](NodeId node) {
    if (!context.store_index.schema().link(node)) return Value();
    Dependence dependence;
    const Value value = dependence.take(context.value_at(node));
    if (value.is(Value::Kind::unknown)) return value;
    std::string target(value.view());
    if (!target.starts_with('/')) target.insert(0, "/");  // init-dom0less.c writes it without
    const Schema::Match match = match_at(context, node);
    return dependence.give(leads_to(match, target) ? copied(context, target) : Value());
  });
}

Value link_pattern(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], {}, [&](NodeId node) {
    if (!context.store_index.schema().link(node)) return Value();
    return copied(context, match_at(context, node).entry->link->to.text());
  });
}

Value link_back(EvalContext& context, const Value* arguments) {
  Dependence dependence;
  const Value target = dependence.take(link_target(context, arguments));
  if (!target.is(Value::Kind::text)) return target;
  const NodeLookup place = look_up_node(context, arguments[0]);
  const std::string& back = match_at(context, place.node).entry->link->back;
  if (back.empty()) return {};
  return dependence.give(copied(context, std::string(target.view()) + "/" + back));
}

// Whether the Xen of this host has the node; true if its version is not known.
bool in_this_xen(EvalContext& context, const SchemaEntry& entry) {
  const HostFacts* const host = context.facts.host;
  if (host == nullptr || !host->kernel.is_known() || !host->kernel->xen.is_known()) return true;
  const HypervisorVersion& xen = *host->kernel->xen;
  const XenVersion version{static_cast<int>(xen.major), static_cast<int>(xen.minor)};
  return !(entry.since && version < *entry.since) && !(entry.until && *entry.until < version);
}

Value missing_nodes(EvalContext& context, const Value* arguments) {
  return at_node(context, arguments[0], Value::of_list(nullptr, 0), [&](NodeId node) {
    const SchemaIndex& column = context.store_index.schema();
    if (!column.may_lack(node)) return Value::of_list(nullptr, 0);
    const std::string above(node == kRootNode ? "" : text_of(context, node));
    std::vector<std::string_view> names;
    for (const std::string& name : context.facts.schema.required_names()) {
      if (context.snapshot.child(node, name) != kNoNode) continue;
      const std::string path = std::string(above).append("/").append(name);
      const Schema::Match match = context.facts.schema.match(path);
      if (match.entry == nullptr || !match.entry->required) continue;
      if (!in_this_xen(context, *match.entry)) continue;
      if (!context.store_index.access().profiles(match).empty()) names.push_back(name);
    }
    const UnknownReason reason = context.snapshot.children_unknown(node);
    if (!names.empty() && reason != UnknownReason::known) {
      return Value::of(context.unknown(node, "its children are not all known", reason));
    }
    return list_value(context, names, [](std::string_view name) { return Value::of(name); });
  });
}

}  // namespace

FunctionGroup schema_functions() {
  return {
      "The schema",
      {function_of_schema(
           "in_schema(path)", {kText}, kBoolean, in_schema,
           "Whether an entry of the schema describes the node, for the toolstack that made "
           "its domain."),
       function_of_position(
           "described_for(path)", {kText}, list_of(Type::Kind::text), described_for,
           "The profiles for which the schema describes such a node; none if no entry does."),
       function_of_position("described_perms(path)", {kText}, list_of(Type::Kind::text),
                            described_perms,
                            "The permissions that the schema would accept there: `n0,r3`."),
       function_of_position(
           "described_entries(path)", {kText}, list_of(Type::Kind::text), described_entries,
           "The same as a command may set it, one text for each entry, without domains that are "
           "gone; an empty list if the schema would accept several, or if it names none that "
           "can own the node."),
       function_of_schema("access_violation(path)", {kText}, kText, access_violation,
                          "Each domain with more or less access than the schema allows: `domain "
                          "3 may write it`; null if "
                          "there is none. Permissions are compared by the access they grant."),
       function_of_schema("gained_read(path)", {kText}, kDomains, gained_read,
                          "The domains that may read the node against the schema."),
       function_of_schema("gained_write(path)", {kText}, kDomains, gained_write,
                          "The domains that may write or own the node against the schema."),
       function_of_schema("type_violation(path)", {kText}, kText, type_violation,
                          "The expected type if the value does not have it: `a domid`; null if "
                          "the value is valid."),
       function_of_schema("is_link(path)", {kText}, kBoolean, is_link,
                          "Whether the schema defines the node as a link to another one."),
       function_of_position("link_pattern(path)", {kText}, kText, link_pattern,
                            "The pattern of the paths that the link may name."),
       function_of_position("link_target(path)", {kText}, kText, link_target,
                            "The path that the link names, if it matches this pattern with the "
                            "same domain and device; otherwise "
                            "null."),
       function_of_position("link_back(path)", {kText}, kText, link_back,
                            "The node at the target that must name the directory of the link; null "
                            "if the schema requires none."),
       function_of_schema("missing_nodes(path)", {kText}, list_of(Type::Kind::text), missing_nodes,
                          "The names of children that the schema requires and that do not "
                          "exist.")}};
}

}  // namespace xsaudit
