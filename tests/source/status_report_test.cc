// Status reports as archives and as folders: what is read of them, and hostile ones.
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "source/archive/domain_listing.h"
#include "source/archive/report_folder.h"
#include "source/log/access_log.h"
#include "source/recording/dump_reader.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

struct Member {
  std::string path;
  std::string content;
  unsigned type = AE_IFREG;
  std::string target = {};  // of a link
};

enum class Packing { tar, gzip, bzip2, zip };

void add_member(archive* made, const Member& member) {
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_pathname(entry, member.path.c_str());
  archive_entry_set_filetype(entry, member.type);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 1'795'867'200, 0);  // 2026-11-28
  archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
  if (member.type == AE_IFLNK) archive_entry_set_symlink(entry, member.target.c_str());
  if (member.type == AE_IFREG && !member.target.empty()) {
    archive_entry_set_hardlink(entry, member.target.c_str());
  }
  REQUIRE(archive_write_header(made, entry) == ARCHIVE_OK);
  archive_write_data(made, member.content.data(), member.content.size());
  archive_entry_free(entry);
}

// `copies`: of the last member.
std::string archive_of(const std::vector<Member>& members, Packing packing = Packing::tar,
                       int copies = 1) {
  std::size_t size = 64 << 20;
  if (packing == Packing::tar) {
    for (const Member& member : members) size += member.content.size() + 2048;
  }
  std::string bytes(size, '\0');
  std::size_t used = 0;
  archive* const made = archive_write_new();
  if (packing == Packing::zip) {
    archive_write_set_format_zip(made);
  } else {
    archive_write_set_format_pax_restricted(made);
  }
  if (packing == Packing::gzip) {
    archive_write_add_filter_gzip(made);
    archive_write_set_filter_option(made, "gzip", "compression-level", "1");
  }
  if (packing == Packing::bzip2) archive_write_add_filter_bzip2(made);
  REQUIRE(archive_write_open_memory(made, bytes.data(), bytes.size(), &used) == ARCHIVE_OK);
  for (const Member& member : members) add_member(made, member);
  for (int i = 1; i < copies; ++i) add_member(made, members.back());
  archive_write_close(made);
  archive_write_free(made);
  bytes.resize(used);
  return bytes;
}

const std::string kTop = "bug-report-20261128120000/";
const std::string kListing =
    "/local = \"\"\n/local/domain = \"\"\n/local/domain/0 = \"\"\n/local/domain/3 = \"\"\n"
    "/tool = \"\"\n/tool/xenstored = \"\"\n";
const std::string kDomains =
    "id |                                 uuid |  state\n"
    " 0 | 5c2a8a3e-0000-0000-0000-000000000000 |     R\n"
    " 3 | 0f82d65c-305d-4002-b93c-984251a6c77b |    B H\n"
    " 9 | 1f82d65c-305d-4002-b93c-984251a6c77b |  D  H\n";
std::string log_line(const char* time, const char* rest) {
  return std::string("Nov 28 ") + time + " host oxenstored:  " + rest + "\n";
}

std::vector<Member> report() {
  return {{kTop + "inventory.xml", "<xml/>"},
          {kTop + "var/log/xenstored-access.log",
           log_line("12:00:00", "D3           write     data/b 2")},
          {kTop + "xenstore-ls-f.out", kListing},
          {kTop + "list_domains.out", kDomains},
          {kTop + "xl-info.out", "host : h\nxen_version            : 4.17.3\n"},
          {kTop + "var/log/xenstored-access.log.1",
           log_line("11:00:00", "D3           write     data/a 1")}};
}

void check_report(const Result<Snapshot>& store) {
  REQUIRE(store);
  const SnapshotInfo& info = store->info();
  CHECK(store->find("/local/domain/3") != kNoNode);
  CHECK(info.introduced == std::vector<Domid>{0, 3});
  CHECK(info.kind == "xenstore-ls -f, in a status report of Xen 4.17.3");
  CHECK(info.gap_count == 0);
  REQUIRE(info.access_log != nullptr);
  REQUIRE(info.access_log->events().size() == 2);
  CHECK(info.access_log->events()[0].value == "1");
  CHECK(time_text(info.access_log->events()[0]) == "2026-11-28T11:00:00");
}

Result<Snapshot> read_members(const std::vector<Member>& members) {
  return read_dump_text(archive_of(members), "report.tar");
}

}  // namespace

TEST_CASE("a status report gives the store, the living domains, the log and the version of Xen") {
  for (const Packing packing : {Packing::tar, Packing::gzip, Packing::bzip2, Packing::zip}) {
    INFO(static_cast<int>(packing));
    const Result<Snapshot> store = read_dump_text(archive_of(report(), packing), "report");
    check_report(store);
    CHECK(store->info().recorded.has_value());
  }
  ScratchDirectory scratch;
  const std::string folder = scratch / "report";
  for (const Member& member : report()) {
    const std::filesystem::path path = folder + "/" + member.path;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << member.content;
    if (path.filename().string().starts_with("xenstored")) {
      using namespace std::chrono;
      std::filesystem::last_write_time(
          path, file_clock::from_sys(sys_seconds(sys_days(year(2026) / 11 / 28) + hours(13))));
    }
  }
  std::filesystem::create_symlink("/etc/passwd", folder + "/xenstore-ls-fp.out");
  auto opened = ReportFolder::open(folder);
  REQUIRE(opened);
  CHECK(opened->descriptors().size() == 5);
  check_report(opened->read("report", {}));
}

TEST_CASE("an archive without a listing is refused, and damage is a gap or an error") {
  CHECK(read_members({{kTop + "inventory.xml", "<xml/>"}}).error().message ==
        "it contains no listing of a store");
  std::string cut = archive_of(report());
  cut.resize(cut.find("xen_version"));
  const auto store = read_dump_text(cut, "report");
  REQUIRE(store);
  CHECK(store->info().gap_count > 0);
  CHECK_FALSE(read_dump_text(cut.substr(0, 600), "report"));
  CHECK_FALSE(read_dump_text("BZh9 is not an archive", "report"));
  CHECK_FALSE(read_dump_text(std::string("PK\x03\x04") + std::string(100, 'x'), "report"));
}

TEST_CASE("links, odd names and many members of an archive have no effect") {
  std::vector<Member> members = report();
  members.insert(members.begin(), {kTop + "xenstore-ls-fp.out", "", AE_IFLNK, "/etc/passwd"});
  members.insert(members.begin(), {kTop + "xenstore-ls-p.out", "", AE_IFREG, "/etc/passwd"});
  members.push_back({"../../../../tmp/\x1b[2Jlist_domains.outx", "x"});
  for (int i = 0; i < 10'000; ++i) members.push_back({kTop + "etc/" + std::to_string(i), "x"});
  check_report(read_members(members));

  // A listing by any other path is a second one, and is reported, escaped.
  members.push_back({"/../\x1b[2J/xenstore-ls-f.out", "/ = \"\"\n"});
  const auto twice = read_members(members);
  REQUIRE(twice);
  REQUIRE(twice->info().gap_count == 1);
  CHECK(twice->info().gaps[0].what.find("\\x1b[2J") != std::string::npos);
  CHECK(twice->info().introduced == std::vector<Domid>{0, 3});
}

TEST_CASE("an archive that unpacks to gigabytes is read up to a limit") {
  // Entries that are not read count, too: the limit of 2 GiB is one for the whole archive.
  std::vector<Member> members = report();
  members.push_back({kTop + "zeros", std::string(64 << 20, '\0')});
  const std::string above = archive_of(members, Packing::gzip, 33);
  CHECK(above.size() < 30'000'000);
  const auto store = read_dump_text(above, "bomb");
  REQUIRE(store);
  CHECK(store->find("/local/domain/3") != kNoNode);
  REQUIRE(store->info().gap_count == 1);
  CHECK(store->info().gaps[0].what == "it unpacks to more than 2147483648 bytes");
}

TEST_CASE("an output of a command in an archive is read up to a limit") {
  std::vector<Member> members = report();
  members[3].content = std::string(2 << 20, '0');
  const auto large = read_members(members);
  REQUIRE(large);
  CHECK(large->info().gaps.at(0).what.find("list_domains.out is too large") != std::string::npos);
  CHECK_FALSE(large->info().introduced);
}

TEST_CASE("lists of domains in both forms") {
  const auto xl = read_domain_listing(
      "Name                                        ID   Mem VCPUs\tState\tTime(s)\n"
      "Domain-0                                     0  1024     2     r-----      10.5\n"
      "a guest 7                                    7   256     1     -b----       3.2\n"
      "(null)                                       8     0     1     --p--d       1.0\n"
      "going                                        9   256     1     ---sc-       3.2\n");
  REQUIRE(xl);
  CHECK(*xl == std::vector<Domid>{0, 7, 9});
  CHECK(*read_domain_listing(kDomains) == std::vector<Domid>{0, 3});
  CHECK(read_domain_listing(kDomains + "nonsense\n").error().place == "5");
  CHECK_FALSE(read_domain_listing(""));
  CHECK_FALSE(read_domain_listing("id | uuid | state\n40000 | x | R\n"));
}

}  // namespace xsaudit
