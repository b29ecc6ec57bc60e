#include "audit/host_questions.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/testing/fixture_store.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

Snapshot store_of(const char* text) { return *make_fixture_store(FixtureStore{text}); }

// "PATH: DOMID PORT", in the order of the text.
std::vector<std::string> texts_of(const Snapshot& store,
                                  const std::vector<NamedEventChannel>& named) {
  std::vector<std::string> texts;
  for (const NamedEventChannel& one : named) {
    texts.push_back(store.path(one.node) + ": " + std::to_string(one.channel.domid) + " " +
                    std::to_string(one.channel.port));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE(
    "the event channels that a store names are those of the domains in whose homes they are") {
  const Snapshot store = store_of(R"(
    /local/domain/3/device/vif/0/event-channel-tx = "12"   (n3,r0)
    /local/domain/3/device/vif/0/queue-1/event-channel-rx = "13"   (n3,r0)
    /local/domain/3/device/vbd/1/event-channel = "99999999999"   (n3,r0)
    /local/domain/3/device/vbd/2/event-channel = "-1"   (n3,r0)
    /local/domain/3/device/vbd/3/event-channel = "0x10"   (n3,r0)
    /local/domain/3/device/vbd/4/ring-ref = "14"   (n3,r0)
    /local/domain/3/device/9pfs/0/event-channel-0 = "15"   (n3,r0)
    /local/domain/3/data/event-channel = "16"   (n3,r0)
    /local/domain/3/store/port = "1"   (n0,r3)
    /local/domain/4/console/port = "2"   (n0,r4)
    /local/domain/32752/device/vif/0/event-channel = "17"   (n0)
  )");
  CHECK(texts_of(store, named_event_channels(schema(), store)) ==
        std::vector<std::string>{"/local/domain/3/device/9pfs/0/event-channel-0: 3 15",
                                 "/local/domain/3/device/vif/0/event-channel-tx: 3 12",
                                 "/local/domain/3/device/vif/0/queue-1/event-channel-rx: 3 13",
                                 "/local/domain/3/store/port: 3 1",
                                 "/local/domain/4/console/port: 4 2"});
}

TEST_CASE("channels that are bound to another domain than the frontend names are read again") {
  const Snapshot store = store_of(R"(
    /local/domain/3/device/vif/0/backend-id = "0"   (n3,r0)
    /local/domain/3/device/vif/0/event-channel = "12"   (n3,r0)
    /local/domain/3/device/vif/1/backend-id = "5"   (n3,r5)
    /local/domain/3/device/vif/1/queue-0/event-channel-tx = "13"   (n3,r5)
    /local/domain/3/device/vif/1/queue-0/event-channel-rx = "14"   (n3,r5)
    /local/domain/3/device/vif/2/backend-id = "guest-wrote-this"   (n3,r5)
    /local/domain/3/device/vif/2/event-channel = "14"   (n3,r5)
    /local/domain/3/device/vif/3/event-channel = "14"   (n3,r5)
    /local/domain/3/store/port = "14"   (n0,r3)
  )");
  const auto named = named_event_channels(schema(), store);
  const EventChannels channels = {{3, 12, std::string("interdomain"), Domid{0}},
                                  {3, 13, std::string("interdomain"), Domid{0}},
                                  {3, 14, std::string("virq"), Fact<Domid>::absent()}};
  CHECK(texts_of(store, contradicting_channels(schema(), store, named, channels)) ==
        std::vector<std::string>{"/local/domain/3/device/vif/1/queue-0/event-channel-tx: 3 13"});
  CHECK(contradicting_channels(schema(), store, named, {}).empty());
}

}  // namespace xsaudit
