#include "host/facts/proc_text.h"

#include <catch2/catch.hpp>
#include <string>

namespace xsaudit {
namespace {

// The fields of /proc/PID/stat from the fourth to the 21st, and some after the 22nd.
const std::string kBefore = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 ";
const std::string kAfter = " 3133440 389 18446744073709551615\n";

// The lines of interest of a real QEMU under dm_restrict, and some others.
const std::string kRestricted =
    "Name:\txen-qemu-system\n"
    "Umask:\t0022\n"
    "State:\tS (sleeping)\n"
    "Uid:\t200002\t200002\t200002\t200002\n"
    "Gid:\t200000\t200001\t200002\t200003\n"
    "Groups:\t200000 7 \n"
    "CapInh:\t0000000000000001\n"
    "CapPrm:\t0000000000000002\n"
    "CapEff:\t0000000000000004\n"
    "CapBnd:\t000001ffffffffff\n"
    "CapAmb:\t0000000000000008\n"
    "NoNewPrivs:\t1\n"
    "Seccomp:\t2\n"
    "Seccomp_filters:\t1\n";

std::string without(std::string text, const std::string& name) {
  const std::size_t start = text.find(name + ":");
  REQUIRE(start != std::string::npos);
  return text.erase(start, text.find('\n', start) + 1 - start);
}

std::string with(const std::string& name, const std::string& value) {
  return without(kRestricted, name) + name + ":\t" + value + "\n";
}

}  // namespace

TEST_CASE("the state and start of a process are read past whatever it calls itself") {
  for (const std::string name :
       {"cat", "a b", ") R 1 (", "x) Z 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 7 9", "new\nline", ""}) {
    CAPTURE(name);
    const auto stat = parse_stat("262 (" + name + ") S" + kBefore + "190585" + kAfter);
    REQUIRE(stat.is_known());
    CHECK(stat->state == "S");
    CHECK(stat->start_ticks == 190585);
  }
}

TEST_CASE("what is no line of /proc/PID/stat gives nothing") {
  for (const std::string& text :
       {std::string(), std::string("262 cat S"), "262 (cat) S" + kBefore,
        "262 (cat) S" + kBefore + "soon" + kAfter, "262 (cat) S" + kBefore + "-1" + kAfter,
        "262 (cat) S" + kBefore + "99999999999999999999" + kAfter}) {
    CAPTURE(text);
    CHECK(parse_stat(text).is_unknown());
  }
}

TEST_CASE("credentials are read from /proc/PID/status") {
  const Credentials credentials = parse_status(kRestricted);
  CHECK(credentials.uids == Fact<Ids>(Ids{200002, 200002, 200002, 200002}));
  CHECK(credentials.gids == Fact<Ids>(Ids{200000, 200001, 200002, 200003}));
  REQUIRE(credentials.groups.is_known());
  CHECK(*credentials.groups == std::vector<std::uint32_t>{200000, 7});
  REQUIRE(credentials.capabilities.is_known());
  CHECK(credentials.capabilities->inheritable == 1);
  CHECK(credentials.capabilities->permitted == 2);
  CHECK(credentials.capabilities->effective == 4);
  CHECK(credentials.capabilities->bounding == 0x1ffffffffff);
  CHECK(credentials.capabilities->ambient == 8);
  CHECK(credentials.no_new_privileges == Fact<bool>(true));
  CHECK(credentials.seccomp == Fact<std::uint32_t>(2U));
}

TEST_CASE("what the kernel does not say, or says strangely, is unknown and nothing else is") {
  CHECK(parse_status(without(kRestricted, "Uid")).uids.is_unknown());
  CHECK(parse_status(without(kRestricted, "Uid")).gids.is_known());
  CHECK(parse_status(without(kRestricted, "Groups")).groups.is_unknown());
  CHECK(parse_status(without(kRestricted, "CapBnd")).capabilities.is_unknown());
  CHECK(parse_status(without(kRestricted, "NoNewPrivs")).no_new_privileges.is_unknown());
  CHECK(parse_status(without(kRestricted, "Seccomp")).seccomp.is_unknown());
  CHECK(parse_status("").capabilities.is_unknown());

  CHECK(parse_status(with("Uid", "1\t2\t3")).uids.is_unknown());
  CHECK(parse_status(with("Uid", "1\t2\t3\t4294967296")).uids.is_unknown());
  CHECK(parse_status(with("Uid", "1\t2\t3\t4294967295")).uids.is_known());
  CHECK(parse_status(with("Groups", "")).groups->empty());
  CHECK(parse_status(with("Groups", "1 x")).groups.is_unknown());
  CHECK(parse_status(with("CapEff", "0x4")).capabilities.is_unknown());
  CHECK(parse_status(with("NoNewPrivs", "yes")).no_new_privileges.is_unknown());
  CHECK(parse_status(with("Seccomp", "")).seccomp.is_unknown());

  // Linux before 4.3 has no ambient set.
  const Credentials old = parse_status(without(kRestricted, "CapAmb"));
  REQUIRE(old.capabilities.is_known());
  CHECK(old.capabilities->ambient == 0);
}

TEST_CASE("limits are read with the spaces in their names") {
  const std::string head =
      "Limit                     Soft Limit           Hard Limit           Units     \n";
  const auto limits = parse_limits(
      head +
      "Max cpu time              unlimited            unlimited            seconds   \n"
      "Max file size             262144               262145               bytes     \n"
      "Max core file size        0                    unlimited            bytes     \n"
      "Max nice priority         0                    0                    \n"
      "Max pending signals       18446744073709551614 18446744073709551614 signals   \n");
  REQUIRE(limits.is_known());
  REQUIRE(limits->size() == 5);
  CHECK((*limits)[0] == Limit{"Max cpu time", {}, {}});
  CHECK((*limits)[1] == Limit{"Max file size", 262144, 262145});
  CHECK((*limits)[2] == Limit{"Max core file size", 0, {}});
  CHECK((*limits)[3] == Limit{"Max nice priority", 0, 0});
  CHECK((*limits)[4].hard == 18446744073709551614U);

  CHECK(parse_limits("").is_unknown());
  CHECK(parse_limits(head).is_unknown());
  CHECK(parse_limits(head + "Max cpu time\n").is_unknown());
  CHECK(parse_limits(head + "Max cpu time              much                 unlimited    seconds\n")
            .is_unknown());
}

TEST_CASE("a command line is split where the process put its arguments' ends") {
  using namespace std::string_literals;
  using Arguments = std::vector<std::string>;
  const auto split = [](const std::string& text) { return *parse_arguments(text); };
  CHECK(split(""s).empty());
  CHECK(split("qemu\0-xen-domid\0001\0"s) == Arguments{"qemu", "-xen-domid", "1"});
  CHECK(split("qemu\0\0x\0"s) == Arguments{"qemu", "", "x"});
  CHECK(split("\0"s) == Arguments{""});
  CHECK(split("postgres: writer process"s) == Arguments{"postgres: writer process"});
  CHECK(split("a\nb\x1b[31m\0\xff\0"s) == Arguments{"a\nb\x1b[31m", "\xff"});
}

TEST_CASE("the time the machine was started at is found") {
  CHECK(*parse_boot_time("cpu  1 2\nintr 5 btime 7\nbtime 1795247670\nprocesses 1\n") ==
        1795247670);
  CHECK(parse_boot_time("cpu  1 2\n").is_unknown());
  CHECK(parse_boot_time("btime soon\n").is_unknown());
}

}  // namespace xsaudit
