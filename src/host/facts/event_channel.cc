#include "host/facts/event_channel.h"

#include <algorithm>
#include <utility>

namespace xsaudit {
namespace {

// EVTCHN_FIFO_NR_CHANNELS of xen/include/public/event_channel.h.
constexpr std::uint32_t kPorts = 1U << 17;

EventChannelQuestion key_of(const EventChannel& channel) { return {channel.domid, channel.port}; }

bool can_exist(const EventChannelQuestion& question) {
  return question.domid < kFirstReservedDomid && question.port < kPorts;
}

}  // namespace

EventChannels read_event_channels(EventChannelSource& source,
                                  std::vector<EventChannelQuestion> questions) {
  std::sort(questions.begin(), questions.end());
  questions.erase(std::unique(questions.begin(), questions.end()), questions.end());
  EventChannels channels;
  std::size_t of_domain = 0;
  for (const EventChannelQuestion& question : questions) {
    const bool same_domain = !channels.empty() && channels.back().domid == question.domid;
    of_domain = same_domain ? of_domain + 1 : 1;
    if (of_domain > kMaxEventChannelsOfDomain) continue;
    if (channels.size() == kMaxEventChannels) break;
    if (can_exist(question)) {
      channels.push_back(source.status(question));
    } else {
      channels.push_back({.domid = question.domid,
                          .port = question.port,
                          .state = Fact<std::string>::absent(),
                          .peer = Fact<Domid>::absent()});
    }
  }
  return channels;
}

void sort(EventChannels& channels) {
  std::sort(channels.begin(), channels.end(),
            [](const EventChannel& a, const EventChannel& b) { return key_of(a) < key_of(b); });
}

const EventChannel* find(const EventChannels& channels, const EventChannelQuestion& question) {
  const auto found = std::lower_bound(
      channels.begin(), channels.end(), question,
      [](const EventChannel& a, const EventChannelQuestion& b) { return key_of(a) < b; });
  return found != channels.end() && key_of(*found) == question ? &*found : nullptr;
}

EventChannel* find(EventChannels& channels, const EventChannelQuestion& question) {
  return const_cast<EventChannel*>(find(std::as_const(channels), question));
}

void discard_changed(const std::vector<EventChannelQuestion>& doubtful,
                     const std::vector<bool>& same_nodes, const Fact<EventChannels>& later,
                     EventChannels& channels) {
  for (std::size_t i = 0; i < doubtful.size(); ++i) {
    EventChannel* const channel = find(channels, doubtful[i]);
    if (channel == nullptr) continue;
    const EventChannel* const again = later.is_known() ? find(*later, doubtful[i]) : nullptr;
    if (same_nodes[i] && again != nullptr && *again == *channel) continue;
    channel->state = Fact<std::string>::unknown("it changed while the store was read");
    channel->peer = Fact<Domid>::as_little_as(channel->state);
  }
}

}  // namespace xsaudit
