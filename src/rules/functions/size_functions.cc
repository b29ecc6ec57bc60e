#include <algorithm>
#include <cstdint>
#include <optional>

#include "rules/functions/functions.h"

namespace xsaudit {
namespace {

// The reason why a node's size is not completely known.
UnknownReason reason_of(const Snapshot& snapshot, NodeId node) {
  for (const UnknownReason reason : {snapshot.value_unknown(node), snapshot.children_unknown(node),
                                     snapshot.permissions_unknown(node)}) {
    if (reason != UnknownReason::known) return reason;
  }
  return UnknownReason::known;
}

Value size_or_bound(EvalContext& context, const Sizes::Size& size) {
  if (size.gap == kNoNode) return Value::of(size.bytes);
  Unknown unknown =
      *context.unknown(size.gap, "its size is not known", reason_of(context.snapshot, size.gap));
  unknown.at_least = size.bytes;
  return Value::of(context.arena.make(unknown));
}

using Measure = Sizes::Size (Sizes::*)(NodeId);

Value measured(EvalContext& context, const Value& path, Measure measure) {
  const NodeLookup place = look_up_node(context, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(std::int64_t{0});
  return size_or_bound(context, (context.store_index.sizes().*measure)(place.node));
}

Value listing_size(EvalContext& context, const Value* arguments) {
  return measured(context, arguments[0], &Sizes::listing);
}
Value node_size(EvalContext& context, const Value* arguments) {
  return measured(context, arguments[0], &Sizes::node);
}
Value owned_size(EvalContext& context, const Value* arguments) {
  return size_or_bound(context, context.store_index.sizes().owned(arguments[0].integer));
}

// A fact of the whole store, so that rules do not build the path of each node.
Value limit_unknown(EvalContext& context, const char* fact, std::span<const Value> possible) {
  Unknown unknown = *context.unknown(kRootNode, fact, UnknownReason::not_in_form);
  unknown.possible = possible.data();
  unknown.possible_count = static_cast<std::uint32_t>(possible.size());
  return Value::of(context.arena.make(unknown));
}

// The limit for each toolstack and each daemon that the host may have.
std::vector<std::optional<std::int64_t>> possible_limits(EvalContext& context,
                                                         const LimitTable::Limit& limit) {
  std::vector<std::optional<std::int64_t>> possible;
  const auto& profiles = context.facts.schema.profiles().profiles();
  const auto host = limit.by_profile.empty() ? std::nullopt : context.store_index.profile(0);
  if (host) {
    const auto own = limit.by_profile.find(profiles[*host].name);
    if (own != limit.by_profile.end()) return {own->second};
  } else {
    for (const auto& [profile, value] : limit.by_profile) possible.emplace_back(value);
  }
  const Daemon daemon = context.snapshot.info().daemon;
  if (daemon != Daemon::oxenstored) possible.push_back(limit.xenstored);
  if (daemon != Daemon::cxenstored) possible.push_back(limit.oxenstored);
  return possible;
}

Value limit(EvalContext& context, const Value* arguments) {
  const LimitTable::Limit* const found = context.facts.limits.find(context.text_of(arguments[0]));
  if (found == nullptr) return limit_unknown(context, "the schema has no such limit", {});
  const std::vector<std::optional<std::int64_t>> limits_of = possible_limits(context, *found);
  const std::span<Value> possible = context.arena.array<Value>(limits_of.size());
  std::transform(limits_of.begin(), limits_of.end(), possible.begin(),
                 [](auto one) { return one ? Value::of(*one) : Value(); });
  const auto same = [&](auto one) { return one == limits_of.front(); };
  if (std::all_of(limits_of.begin(), limits_of.end(), same)) return possible.front();
  return limit_unknown(context, "the daemon with its limits is not known", possible);
}

// Nothing if the daemon reported no limit of the domain's own, or one was given in its place.
std::optional<std::uint32_t> own_limit(EvalContext& context, const LimitTable::Limit& limit,
                                       Domid domid) {
  const auto& clients = context.snapshot.info().clients;
  if (!clients || limit.source == LimitTable::Source::given) return std::nullopt;
  for (const std::string& name : limit.reported) {
    if (const auto own = clients->own_limit_of(domid, name)) return own;
  }
  return std::nullopt;
}

Value limit_of(EvalContext& context, const Value* arguments) {
  const LimitTable::Limit* const found = context.facts.limits.find(context.text_of(arguments[0]));
  if (found == nullptr) return limit_unknown(context, "the schema has no such limit", {});
  const auto own = own_limit(context, *found, arguments[1].integer);
  if (!own) return limit(context, arguments);
  return *own == 0 ? Value() : Value::of(std::int64_t{*own});
}

Value limit_source(EvalContext& context, const Value* arguments) {
  const LimitTable::Limit* const found = context.facts.limits.find(context.text_of(arguments[0]));
  if (found == nullptr) return limit_unknown(context, "the schema has no such limit", {});
  using Source = LimitTable::Source;
  const bool own = own_limit(context, *found, arguments[1].integer).has_value();
  switch (own ? Source::daemon : found->source) {
    case Source::given: return Value::of(std::string_view("given with --quota"));
    case Source::daemon: return Value::of(std::string_view("reported by the daemon"));
    case Source::configuration: return Value::of(std::string_view("configured for the daemon"));
    case Source::schema: break;
  }
  const auto host = found->by_profile.empty() ? std::nullopt : context.store_index.profile(0);
  const bool of_toolstack =
      host && found->by_profile.contains(context.facts.schema.profiles().profiles()[*host].name);
  return Value::of(
      std::string_view(of_toolstack ? "the toolstack's default" : "the daemon's default"));
}

}  // namespace

FunctionGroup size_functions() {
  return {
      "Sizes and limits",
      {function_of_part(
           kNodeSize, "node_size(path)", {kText}, kInteger, node_size,
           "The bytes that C xenstored counts for a node: its header, permissions, value "
           "and children's names; 0 if the node does not exist."),
       function_of_part(kNodeListingSize, "listing_size(path)", {kText}, kInteger, listing_size,
                        "The bytes of a reply that lists its children."),
       function("owned_size(domid)", {kInteger}, kInteger, owned_size,
                "The bytes of all nodes that a domain owns, with their paths."),
       function_of_store(
           "limit(name)", {kText}, kInteger, limit,
           "The daemon's quota for an unprivileged domain, by a name in "
           "[schema/limits.yaml](../schema/limits.yaml); null if the daemon has no such limit. "
           "The configuration of the daemon replaces the default, what it reports replaces the "
           "configuration, and `--quota` replaces all."),
       function("limit(name, domid)", {kText, kInteger}, kInteger, limit_of,
                "The same for one domain: from Xen 4.22 on a domain can have limits of its own."),
       function("limit_source(name, domid)", {kText, kInteger}, kText, limit_source,
                "Where this limit comes from: `given with --quota`, `reported by the daemon`, "
                "`configured for the daemon`, `the toolstack's default` or `the daemon's "
                "default`.")}};
}

}  // namespace xsaudit
