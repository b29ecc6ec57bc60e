// Functions over the event channels of guests (host/facts/event_channel.h).
#include <vector>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"
#include "rules/functions/host_answer.h"

namespace xsaudit {
namespace {

using namespace host_answer;

constexpr const char* kChannels = "the domains to which event channels are bound are not known";

// The channels, or the value to return without them.
struct ChannelsAnswer {
  const EventChannels* channels = nullptr;
  Value otherwise;
};

ChannelsAnswer channels(EvalContext& context) {
  const HostFacts* const host = context.facts.host;
  // Not read unless --event-channels is given: the recording does not contain them.
  if (host == nullptr || host->event_channels == Fact<EventChannels>()) {
    return {.otherwise = unknown(context, kChannels, "only --event-channels reads them", true)};
  }
  const Fact<EventChannels>& all = host->event_channels;
  if (all.is_known()) return {.channels = &*all, .otherwise = {}};
  const char* const reason = all.is_unknown() ? all.reason().c_str() : "there are none";
  return {.otherwise = unknown(context, kChannels, reason, false)};
}

Value event_channels(EvalContext& context, const Value* arguments) {
  const ChannelsAnswer answer = channels(context);
  if (answer.channels == nullptr) return answer.otherwise;
  const NodeLookup place = look_up_node(context, arguments[0]);
  if (place.unknown != nullptr) return Value::of(place.unknown);
  if (!place.present()) return kNoItems;
  const Snapshot& snapshot = context.snapshot;
  const NodeId end = snapshot.subtree_end(place.node);
  context.step(end - place.node);
  std::vector<NodeId> found;
  const Unknown* gap = nullptr;
  for (NodeId node = place.node; node < end; ++node) {
    const auto match = context.facts.schema.match(context.text_of(Value::of_path(node)));
    if (match.entry != nullptr && match.entry->type.allows(kEventChannelType)) {
      found.push_back(node);
    }
    const UnknownReason reason = snapshot.children_unknown(node);
    if (reason == UnknownReason::known || gap != nullptr) continue;
    gap = context.unknown(node, "its children are not all known", reason);
  }
  return list_value(
      context, found, [](NodeId node) { return Value::of_path(node); }, gap);
}

template <typename T, typename ToValue>
Value of_channel(EvalContext& context, const Value* arguments, Fact<T> EventChannel::*member,
                 ToValue to_value) {
  const ChannelsAnswer answer = channels(context);
  if (answer.channels == nullptr) return answer.otherwise;
  const auto port = number(arguments[1]);
  if (!port) return {};
  const EventChannel* const channel =
      find(*answer.channels, {.domid = arguments[0].integer, .port = *port});
  if (channel == nullptr) {
    return unknown(context, kChannels, "the domain names too many of them", false);
  }
  const Fact<T>& fact = channel->*member;
  return fact.is_known() ? to_value(*fact) : not_known(context, fact, kChannels);
}

Value channel_state(EvalContext& context, const Value* arguments) {
  return of_channel(context, arguments, &EventChannel::state, text);
}

Value channel_peer(EvalContext& context, const Value* arguments) {
  return of_channel(context, arguments, &EventChannel::peer,
                    [](Domid domid) { return Value::of(domid); });
}

}  // namespace

FunctionGroup event_channel_functions() {
  return {
      "Event channels",
      {function("event_channels(path)", {kText}, list_of(Type::Kind::text), event_channels,
                "The nodes below a path whose values are event channels according to the schema."),
       function("channel_state(domid, port)", {kInteger, kInteger}, kText, channel_state,
                "The state of the domain's event channel of this number: `closed`, `unbound`, "
                "`interdomain`, `pirq`, `virq` or `ipi`; null if the domain has no such channel."),
       function("channel_peer(domid, port)", {kInteger, kInteger}, kInteger, channel_peer,
                "The domain to which the channel is bound, or that may bind it; null in all other "
                "states.")}};
}

}  // namespace xsaudit
