// Event channels as Xen knows them: the domain to which the channel of a guest is bound. A guest
// chooses the port that it writes into the store, but not the answer of Xen. Plain values; any
// thread may read shared ones. A source is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/facts/fact.h"
#include "host/facts/process.h"
#include "store/permissions.h"

namespace xsaudit {

struct EventChannel {
  Domid domid = 0;         // the domain whose channel it is
  std::uint32_t port = 0;  // its number in that domain
  // "closed", "unbound", "interdomain", "pirq", "virq" or "ipi" (public/event_channel.h:
  // EVTCHNSTAT_*). Absent: there is no such domain, or it has no such port.
  Fact<std::string> state;
  // The domain at the other end, or the domain that may bind the channel. Absent in other states.
  Fact<Domid> peer;
  bool operator==(const EventChannel&) const = default;
};

template <typename Visit>
void visit_members(Is<EventChannel> auto& channel, Visit visit) {
  visit("domid", channel.domid);
  visit("port", channel.port);
  visit("state", channel.state);
  visit("peer", channel.peer);
}

struct EventChannelQuestion {
  Domid domid = 0;
  std::uint32_t port = 0;
  bool operator==(const EventChannelQuestion&) const = default;
  bool operator<(const EventChannelQuestion& other) const {
    return domid != other.domid ? domid < other.domid : port < other.port;
  }
};

class EventChannelSource {
 public:
  virtual ~EventChannelSource() = default;

  // `question` is a domain's number and a port that can exist.
  virtual EventChannel status(const EventChannelQuestion& question) = 0;
};

// By domain and port, each once.
using EventChannels = std::vector<EventChannel>;

// The ports come from guests. A port that Xen cannot have is absent without a request, and channels
// beyond the limits are left out, so that they are not known.
EventChannels read_event_channels(EventChannelSource& source,
                                  std::vector<EventChannelQuestion> questions);

inline constexpr std::size_t kMaxEventChannelsOfDomain = 2048;
inline constexpr std::size_t kMaxEventChannels = 32'768;

// Orders the channels as find() expects them.
void sort(EventChannels& channels);
// Null if the channel is not among them.
const EventChannel* find(const EventChannels& channels, const EventChannelQuestion& question);
EventChannel* find(EventChannels& channels, const EventChannelQuestion& question);

// Makes each of these channels unknown whose answer is another one now, or whose nodes in the store
// have changed meanwhile.
void discard_changed(const std::vector<EventChannelQuestion>& doubtful,
                     const std::vector<bool>& same_nodes, const Fact<EventChannels>& later,
                     EventChannels& channels);

}  // namespace xsaudit
