#include "host/facts/event_channel.h"

#include <catch2/catch.hpp>
#include <vector>

#include "host/facts/hypercall_channels.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

// Xen with domains whose channels are all bound to domain 0.
class FakeChannels final : public EventChannelSource {
 public:
  std::vector<EventChannelQuestion> asked;

  EventChannel status(const EventChannelQuestion& question) override {
    asked.push_back(question);
    return {question.domid, question.port, std::string("interdomain"), Domid{0}};
  }
};

const EventChannel kUnknown{1, 12,
                            Fact<std::string>::unknown("it changed while the store was read"),
                            Fact<Domid>::unknown("it changed while the store was read")};

}  // namespace

TEST_CASE("each event channel is asked for once, and the answers are found") {
  FakeChannels source;
  const EventChannels channels = read_event_channels(source, {{5, 3}, {1, 12}, {5, 3}, {5, 2}});
  CHECK(source.asked == std::vector<EventChannelQuestion>{{1, 12}, {5, 2}, {5, 3}});
  REQUIRE(channels.size() == 3);
  REQUIRE(find(channels, {5, 3}) != nullptr);
  CHECK(*find(channels, {5, 3})->peer == 0);
  CHECK(find(channels, {5, 4}) == nullptr);
  CHECK(find(channels, {2, 3}) == nullptr);
}

TEST_CASE("Xen is not asked about a channel that cannot exist") {
  FakeChannels source;
  // 32752 stands for the domain that asks (xen/include/public/xen.h: DOMID_SELF).
  const EventChannels channels =
      read_event_channels(source, {{32'752, 5}, {1, 131'072}, {1, UINT32_MAX}, {1, 131'071}});
  CHECK(source.asked == std::vector<EventChannelQuestion>{{1, 131'071}});
  CHECK(channels.size() == 4);
  CHECK(find(channels, {32'752, 5})->state.is_absent());
  CHECK(find(channels, {1, 131'072})->peer.is_absent());
}

TEST_CASE("a guest cannot have more than a limited number of requests made") {
  FakeChannels source;
  std::vector<EventChannelQuestion> questions = {{40, 1}};
  for (std::uint32_t port = 0; port < 2 * kMaxEventChannelsOfDomain; ++port) {
    questions.push_back({3, port});
  }
  const EventChannels channels = read_event_channels(source, questions);
  CHECK(source.asked.size() == kMaxEventChannelsOfDomain + 1);
  CHECK(find(channels, {3, kMaxEventChannelsOfDomain}) == nullptr);
  CHECK(find(channels, {40, 1}) != nullptr);

  questions.clear();
  for (Domid domid = 1; domid < 40; ++domid) {
    for (std::uint32_t port = 0; port < kMaxEventChannelsOfDomain; ++port) {
      questions.push_back({domid, port});
    }
  }
  source.asked.clear();
  CHECK(read_event_channels(source, questions).size() == kMaxEventChannels);
  CHECK(source.asked.size() == kMaxEventChannels);
}

TEST_CASE("an answer counts only if nothing has changed a moment later") {
  const EventChannel bound{1, 12, std::string("interdomain"), Domid{5}};
  EventChannel closed = bound;
  closed.state = std::string("closed");
  closed.peer = Fact<Domid>::absent();
  const EventChannel other{1, 13, std::string("interdomain"), Domid{5}};
  const auto after = [&](bool same_nodes, const Fact<EventChannels>& later) {
    EventChannels channels = {bound, other};
    discard_changed({{1, 12}}, {same_nodes}, later, channels);
    CHECK(channels[1] == other);
    return channels[0];
  };
  CHECK(after(true, EventChannels{bound}) == bound);
  CHECK(after(false, EventChannels{bound}) == kUnknown);
  CHECK(after(true, EventChannels{closed}) == kUnknown);
  CHECK(after(true, EventChannels{}) == kUnknown);
  CHECK(after(true, Fact<EventChannels>::unknown("no answer")) == kUnknown);
}

TEST_CASE("a device for hypercalls that is missing, and one that is none") {
  const ScratchDirectory directory;
  const auto missing = HypercallChannels::open(directory / "none", directory / "none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "cannot open it: No such file or directory");

  const std::string file = directory.write("file", "not a device");
  auto channels = HypercallChannels::open(file, directory / "none");
  REQUIRE(channels);
  const EventChannel channel = channels->status({1, 12});
  CHECK(channel.domid == 1);
  CHECK(channel.port == 12);
  CHECK(channel.state.is_unknown());
  CHECK(channel.peer.is_unknown());
}

}  // namespace xsaudit
