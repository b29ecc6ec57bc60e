#include "source/live/daemon_answers.h"

#include <catch2/catch.hpp>

#include "source/live/live_source.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"
#include "support/fake_store_reader.h"

namespace xsaudit {
namespace {

using Watches = std::vector<ClientState::Watch>;

// As the daemons of Xen 4.17 answer; the zero byte is part of the answer.
std::string with_end(const std::string& text) { return text + '\0'; }
const std::string kLimits = with_end(
    "Quota settings:\n"
    "nodes            :     1000 Nodes per domain\n"
    "watches          :      128 Watches per domain\n"
    "permissions      :        5 Max. number of permissions per node\n");
const std::string kSoftLimits = with_end(
    "Soft Quota settings:\n"
    "memory           :  2097152 Total Xenstore memory per domain (warning level)\n");

std::string counts(const std::string& watches) {
  return with_end("Domain 5:\nnodes           :       42\nwatches         :        " + watches +
                  "\nmemory          :     3901 (max:     4000)\n");
}

FakeStoreReader fixture_store(bool oxenstored) {
  FakeStoreReader reader(3);
  reader.add("/", "", "n0");
  for (const Domid domid : {0, 5, 6}) {
    reader.add("/local/domain/" + std::to_string(domid), "", "n0");
    reader.introduce(domid);
  }
  reader.add("@releaseDomain", "", "n0");
  if (oxenstored) reader.list("/", "@releaseDomain");
  return reader;
}

Snapshot walked(FakeStoreReader& reader) {
  auto store = read_live(reader);
  if (!store) FAIL(store.error().text());
  return std::move(store).value();
}

}  // namespace

TEST_CASE("the limits and counts of C xenstored") {
  FakeStoreReader reader = fixture_store(false);
  reader.answer_with(DaemonQuestion::limits, 0, kLimits);
  reader.answer_with(DaemonQuestion::soft_limits, 0, kSoftLimits);
  reader.answer_with(DaemonQuestion::domain, 5, counts("17"));
  const Snapshot store = walked(reader);
  const ClientState& clients = store.info().clients.value();
  CHECK(clients.limits ==
        ClientState::Limits{
            {"nodes", 1000}, {"watches", 128}, {"permissions", 5}, {"soft-memory", 2097152}});
  CHECK(clients.watch_count(5) == 17U);
  CHECK_FALSE(clients.watch_count(6));  // it was asked and refused
  CHECK_FALSE(clients.lists_watches);
  CHECK_FALSE(clients.lists_transactions);
  CHECK(store.info().complete());
  CHECK(reader.daemon_requests() == 2 + 2);  // each domain but domain 0
}

TEST_CASE("limits of single domains are asked for where the daemon has them") {
  FakeStoreReader reader = fixture_store(false);
  // As Xen 4.22 sets it; only for such an entry the daemon is asked for its features.
  reader.add("@releaseDomain", "", "n0,r32757");
  reader.set_any_domid(true);
  reader.answer_with(DaemonQuestion::node_limit, 5, with_end("2000"));
  reader.answer_with(DaemonQuestion::watch_limit, 6, with_end("12x"));
  const Snapshot store = walked(reader);
  const ClientState& clients = store.info().clients.value();
  CHECK(clients.own_limit_of(5, "nodes") == 2000U);
  CHECK_FALSE(clients.own_limit_of(5, "watches"));
  CHECK_FALSE(clients.own_limit_of(6, "watches"));
  CHECK(reader.daemon_requests() == 2 + 3 * 2);
}

TEST_CASE("the watches and the node limit of oxenstored") {
  FakeStoreReader reader = fixture_store(true);
  reader.allow_transactions();
  reader.answer_with(DaemonQuestion::domain, 0, with_end("dom0 quota: 42/8192"));
  reader.answer_with(DaemonQuestion::watches, 0,
                     with_end("watch A1: /local token\n"
                              "watch D5: device a b\nwatch D5: /local/domain/5/x \xff\n"
                              "watch D6: @releaseDomain \n"));
  const Snapshot store = walked(reader);
  const ClientState& clients = store.info().clients.value();
  CHECK(clients.limits == ClientState::Limits{{"nodes", 8192}});
  CHECK(clients.lists_watches);
  CHECK(clients.watch_count(5) == 2U);
  CHECK(clients.watch_count(0) == 0U);
  REQUIRE(clients.watches_of(6).size() == 1);
  CHECK(clients.watches_of(6).front().path == "@releaseDomain");
  CHECK(reader.daemon_requests() == 2);
}

TEST_CASE("a daemon that refuses every question is no gap") {
  for (const bool oxenstored : {false, true}) {
    FakeStoreReader reader = fixture_store(oxenstored);
    reader.allow_transactions();
    const Snapshot store = walked(reader);
    REQUIRE(store.info().clients);
    CHECK(store.info().clients->limits.empty());
    CHECK_FALSE(store.info().clients->watch_count(5));
    CHECK(store.info().complete());
  }
}

TEST_CASE("answers of another form are not taken") {
  ClientState::Limits limits;
  for (const std::string text : {"", "OK", "Quota settings:\n", "x\nnodes 5\n", "x\nnodes: five\n",
                                 "x\n: 5\n", "x\nnodes: 99999999999\n", "x\nnodes: 1\n\n"}) {
    INFO(text);
    CHECK_FALSE(parse_counts(with_end(text), limits));
  }
  CHECK_FALSE(parse_counts("x\nnodes: 5\n", limits));  // cut
  CHECK(limits.empty());
  std::uint32_t limit = 0;
  for (const std::string text :
       {"OK", "dom5 quota: not set", "dom5 quota: 4/", "dom5 quota: 4/x"}) {
    INFO(text);
    CHECK_FALSE(parse_node_limit(with_end(text), limit));
  }
  for (const std::string text :
       {"OK\n", "watch\n", "watch D5 x y\n", "watch Dx: x y\n", "watch D-1: x y\n",
        "watch E5: x y\n", "watch D5: x\n", "watch D5:  y\n", "watch D5: x y\n\nwatch D5: x z\n"}) {
    INFO(text);
    Watches watches;
    CHECK_FALSE(parse_watches(with_end(text), watches));
  }
}

// The token "a<end of line>watch D6: /x y" of a watch of domain 5.
TEST_CASE("a token that looks like another domain's watch is noticed") {
  Watches watches;
  CHECK_FALSE(
      parse_watches(with_end("watch D5: device a\nwatch D6: /x y\nwatch D5: data t\n"), watches));
  watches.clear();
  CHECK_FALSE(
      parse_watches(with_end("watch D6: device t\nwatch D5: device a\nwatch D6: /x y\n"), watches));
}

TEST_CASE("what is known of the clients is recorded") {
  FakeStoreReader reader = fixture_store(false);
  reader.set_any_domid(true);
  reader.answer_with(DaemonQuestion::limits, 0, kLimits);
  reader.answer_with(DaemonQuestion::domain, 6, counts("3"));
  reader.answer_with(DaemonQuestion::watch_limit, 5, with_end("99"));
  Snapshot store = walked(reader);
  store.info().clients->watches = {{.domid = std::nullopt, .path = "/a b\n"},
                                   {.domid = 5, .path = "device"}};
  store.info().clients->transactions[6] = 2;
  const std::string text = write_recording(store);
  const auto again = read_dump_text(text, "recording");
  REQUIRE(again);
  CHECK(write_recording(*again) == text);
  const ClientState& clients = again->info().clients.value();
  CHECK(clients.limits == store.info().clients->limits);
  CHECK(clients.limits_of == store.info().clients->limits_of);
  CHECK(clients.watch_counts == store.info().clients->watch_counts);
  CHECK(clients.transactions == store.info().clients->transactions);
  CHECK_FALSE(clients.lists_watches);
  REQUIRE(clients.watches.size() == 2);
  CHECK(clients.watches.front().path == "/a b\n");
  CHECK(clients.watches.back().domid == 5);
}

}  // namespace xsaudit
