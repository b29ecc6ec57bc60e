#include "host/facts/host_facts.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/fake_process_source.h"

namespace xsaudit {
namespace {

Process process_of(Pid pid, std::vector<std::string> arguments) {
  Process process;
  process.pid = pid;
  process.arguments = std::move(arguments);
  return process;
}

}  // namespace

TEST_CASE("everything asked for is answered, and each process looked at once") {
  FakeProcessSource source;
  source.processes[5] = process_of(5, {"qemu", "-xen-domid", "1"});
  source.processes[6] = process_of(6, {"bash"});
  source.processes[7] = process_of(7, {"qemu", "-xen-domid", "2"});
  source.processes[8] = process_of(8, {});
  source.processes[8]->arguments = Fact<std::vector<std::string>>::unknown("too long");
  source.users_by_name["root"] = User{"root", 0, 0};
  source.all_users = std::vector<User>{{"a", 10, 1}, {"b", 20, 1}, {"c", 20, 1}, {"d", 31, 1}};
  source.records_by_uuid["u"] = DomainRecord{{"/a", Fact<std::string>("True")}};

  const HostFacts facts = collect(
      source, {.pids = {9, 5, 5},
               .arguments = {"-xen-domid"},
               .users = {"root", "nobody-there"},
               .uid_ranges = {{10, 30}},
               .domain_records = {{.domid = 1, .uuid = "u", .path = "p", .values = {"/a"}},
                                  {.domid = 2, .uuid = "v", .path = "p", .values = {"/a"}}}});
  CHECK(source.looked_at == std::vector<Pid>{5, 7, 8, 9});
  CHECK(facts.process(5) == source.processes[5]);
  CHECK(facts.process(7).is_known());
  CHECK(facts.process(8)->arguments.is_unknown());
  CHECK(facts.process(9).is_absent());
  CHECK(facts.process(6).is_unknown());  // nobody asked for it
  CHECK(*facts.searches.at({"-xen-domid"}) == std::vector<Pid>{5, 7, 8});

  CHECK(facts.user("root") == Fact<User>(User{"root", 0, 0}));
  CHECK(facts.user("nobody-there").is_absent());
  CHECK(facts.user("unasked").is_unknown());

  CHECK(facts.users_of(20)->size() == 2);
  CHECK(facts.users_of(11)->empty());
  CHECK(facts.users_of(31).is_unknown());  // outside the range

  CHECK(facts.recorded(1, "u", "/a") == Fact<std::string>("True"));
  CHECK(facts.recorded(1, "u", "/b").is_unknown());
  CHECK(facts.recorded(2, "v", "/a").is_absent());
  CHECK(facts.recorded(2, "u", "/a").is_unknown());
}

TEST_CASE("what cannot be asked for is unknown with the reason") {
  FakeProcessSource source;
  source.hides_processes = "hidden";
  source.all_users = Fact<std::vector<User>>::unknown("no directory");
  source.users_by_name["x"] = Fact<User>::unknown("no directory");
  const HostFacts facts = collect(source, {.pids = {},
                                           .arguments = {"-xen-domid"},
                                           .users = {"x"},
                                           .uid_ranges = {{1, 2}, {2, 3}},
                                           .domain_records = {}});
  CHECK(facts.searches.at({"-xen-domid"}).reason() == "hidden");
  CHECK(facts.user("x").reason() == "no directory");
  CHECK(facts.users_of(2).reason() == "no directory");
}

TEST_CASE("users are asked for that only the answers name") {
  FakeProcessSource source;
  source.users_by_name["base"] = User{"base", 1000, 1};
  source.users_by_name["dm"] = User{"dm", 7, 7};
  source.all_users = std::vector<User>{{"base", 1000, 1}, {"last", 33751, 1}, {"next", 33752, 1}};
  source.records_by_uuid["u"] = DomainRecord{{"/user", Fact<std::string>("dm")}};
  const HostFacts facts = collect(
      source, {.pids = {},
               .arguments = {},
               .users = {},
               .uid_ranges = {},
               .range_bases = {"base", "no-base"},
               .domain_records = {{.domid = 1, .uuid = "u", .path = "p", .values = {"/user"}}},
               .record_users = {"/user"}});
  CHECK(facts.user("dm")->uid == 7);
  CHECK(facts.user("no-base").is_absent());
  CHECK(facts.users_of(33751)->size() == 1);  // of the last domid there is
  CHECK(facts.users_of(33752).is_unknown());
}

TEST_CASE("a user is found in whichever range is known") {
  HostFacts facts;
  facts.uid_ranges[{1, 5}] = Fact<std::vector<User>>::unknown("x");
  facts.uid_ranges[{3, 9}] = std::vector<User>{{"a", 4, 1}};
  CHECK(facts.users_of(4)->size() == 1);
  CHECK(facts.users_of(2).is_unknown());
}

TEST_CASE("nobody asked, nothing known") {
  FakeProcessSource source;
  const HostFacts facts = collect(source, {});
  CHECK(source.looked_at.empty());
  CHECK(facts == HostFacts{});
  CHECK(facts.process(1) == Fact<Process>::unknown("it was not examined"));
}

}  // namespace xsaudit
