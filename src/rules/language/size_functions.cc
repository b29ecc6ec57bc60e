#include <algorithm>
#include <cstdint>
#include <optional>

#include "rules/language/functions.h"

namespace xsaudit {
namespace {

// Why not all is known that a node's size depends on.
UnknownReason reason_of(const Snapshot& snapshot, NodeId node) {
  for (const UnknownReason reason : {snapshot.value_unknown(node), snapshot.children_unknown(node),
                                     snapshot.permissions_unknown(node)}) {
    if (reason != UnknownReason::known) return reason;
  }
  return UnknownReason::known;
}

Value size_or_bound(Frame& frame, const Sizes::Size& size) {
  if (size.gap == kNoNode) return Value::of(size.bytes);
  Unknown unknown =
      *frame.unknown(size.gap, "its size is not known", reason_of(frame.snapshot, size.gap));
  unknown.at_least = size.bytes;
  return Value::of(frame.arena.make(unknown));
}

using Measure = Sizes::Size (Sizes::*)(NodeId);

Value measured(Frame& frame, const Value& path, Measure measure) {
  const Place place = find_place(frame, path);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return Value::of(std::int64_t{0});
  return size_or_bound(frame, (frame.columns.sizes().*measure)(place.node));
}

Value listing_size(Frame& frame, const Value* arguments) {
  return measured(frame, arguments[0], &Sizes::listing);
}
Value node_size(Frame& frame, const Value* arguments) {
  return measured(frame, arguments[0], &Sizes::node);
}
Value owned_size(Frame& frame, const Value* arguments) {
  return size_or_bound(frame, frame.columns.sizes().owned(arguments[0].integer));
}

// A fact of the whole store, so that no rule pays for the path of each node it asks at.
Value limit_unknown(Frame& frame, const char* fact, std::span<const Value> possible) {
  Unknown unknown = *frame.unknown("/", fact, UnknownReason::not_in_form);
  unknown.possible = possible.data();
  unknown.possible_count = static_cast<std::uint32_t>(possible.size());
  return Value::of(frame.arena.make(unknown));
}

// What the limit is on a host of each toolstack and with each daemon that it may have.
std::vector<std::optional<std::int64_t>> possible_limits(Frame& frame,
                                                         const LimitTable::Limit& limit) {
  std::vector<std::optional<std::int64_t>> possible;
  const auto& profiles = frame.facts.schema.profiles().profiles();
  const auto host = limit.by_profile.empty() ? std::nullopt : frame.columns.profile(0);
  if (host) {
    const auto own = limit.by_profile.find(profiles[*host].name);
    if (own != limit.by_profile.end()) return {own->second};
  } else {
    for (const auto& [profile, value] : limit.by_profile) possible.emplace_back(value);
  }
  const Daemon daemon = frame.snapshot.info().daemon;
  if (daemon != Daemon::oxenstored) possible.push_back(limit.xenstored);
  if (daemon != Daemon::cxenstored) possible.push_back(limit.oxenstored);
  return possible;
}

Value limit(Frame& frame, const Value* arguments) {
  const LimitTable& limits =
      frame.facts.quota != nullptr ? *frame.facts.quota : frame.facts.schema.limits();
  const LimitTable::Limit* const found = limits.find(frame.text_of(arguments[0]));
  if (found == nullptr) return limit_unknown(frame, "the schema has no such limit", {});
  const std::vector<std::optional<std::int64_t>> limits_of = possible_limits(frame, *found);
  const std::span<Value> possible = frame.arena.array<Value>(limits_of.size());
  std::transform(limits_of.begin(), limits_of.end(), possible.begin(),
                 [](auto one) { return one ? Value::of(*one) : Value(); });
  const auto same = [&](auto one) { return one == limits_of.front(); };
  if (std::all_of(limits_of.begin(), limits_of.end(), same)) return possible.front();
  return limit_unknown(frame, "which daemon set its limits is not known", possible);
}

}  // namespace

FunctionGroup size_functions() {
  return {"Sizes and limits",
          {function("node_size(path)", {kText}, kInteger, node_size,
                    "The bytes that C xenstored counts for a node: its header, permissions, value "
                    "and children's names; 0 if there is no such node."),
           function("listing_size(path)", {kText}, kInteger, listing_size,
                    "The bytes of a reply that lists its children."),
           function("owned_size(domid)", {kInteger}, kInteger, owned_size,
                    "The bytes of all nodes that a domain owns, with their paths."),
           function("limit(name)", {kText}, kInteger, limit,
                    "What the daemon lets an unprivileged domain have, by a name in "
                    "[schema/limits.yaml](../schema/limits.yaml); null if it sets no such limit. "
                    "`--quota` gives others.")}};
}

}  // namespace xsaudit
