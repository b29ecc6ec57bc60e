// The rules about device models over real processes: stand-ins for QEMUs of all sorts are started,
// the host is asked about them as in a live audit, and what was learnt is judged twice, at once and
// from a recording.
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>
#include <set>

#include "audit/auditor.h"
#include "audit/host_questions.h"
#include "host/facts/collect_in_child.h"
#include "host/facts/proc_filesystem.h"
#include "host/facts/process_record.h"
#include "rules/testing/fixture_store.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"
#include "support/child_process.h"
#include "support/fake_process_source.h"
#include "support/own_mounts.h"
#include "support/scratch_host.h"
#include "support/stand_in.h"

namespace xsaudit {
namespace {

constexpr char kUsers[] =
    "xen-qemuuser-range-base:x:2000000:2000000::/nonexistent:/bin/false\n"
    "dmuser:x:2100000:2100000::/nonexistent:/bin/false\n"
    "taken:x:2000009:2000009::/nonexistent:/bin/false\n";

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}
const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), schema());
  return loaded;
}

std::string uuid_of(Domid domid) {
  const std::string digits = std::to_string(domid);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

// A host with HVM guests, to which tests add.
struct Host {
  std::string store = "/local/domain/0/device-model = \"\"   (n0)\n";
  std::vector<Domid> alive = {0};

  void add(Domid domid, pid_t pid, const std::string& permissions = {}) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    const std::string reads = "   (n0,r" + std::to_string(domid) + ")\n";
    store += home + "/vm = \"/vm/" + uuid_of(domid) + "\"" + reads;
    store +=
        "/local/domain/0/device-model/" + std::to_string(domid) + "/state = \"running\"   (n0)\n";
    store += home + "/image/device-model-pid = \"" + std::to_string(pid) + "\"" +
             (permissions.empty() ? reads : "   (" + permissions + ")\n");
    alive.push_back(domid);
  }
  void add_kill_uid(Domid domid, std::uint32_t uid) {
    store += "/local/domain/" + std::to_string(domid) + "/image/device-model-kill-uid = \"" +
             std::to_string(uid) + "\"   (n0,r" + std::to_string(domid) + ")\n";
  }
};

// The toolstack's records, which are files of the real host otherwise.
class WithRecords final : public ProcessSource {
 public:
  explicit WithRecords(std::map<Domid, DomainRecord> records) : records_(std::move(records)) {}
  std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) override {
    return real_.look_at(pids);
  }
  Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) override {
    return real_.with_argument(arguments);
  }
  Fact<User> user(const std::string& name) override { return real_.user(name); }
  Fact<std::vector<User>> users(UidRange range) override { return real_.users(range); }
  Fact<KernelView> kernel() override { return real_.kernel(); }
  Fact<Settings> settings(const std::string& path) override { return real_.settings(path); }
  Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) override {
    const auto found = records_.find(question.domid);
    if (found == records_.end()) return Fact<DomainRecord>::absent();
    DomainRecord record = found->second;
    for (const std::string& value : question.values) {
      record.try_emplace(value, Fact<std::string>::absent());
    }
    return record;
  }

 private:
  std::map<Domid, DomainRecord> records_;
  ProcFilesystem real_;
};

DomainRecord asks(const std::string& pointer, const std::string& value) {
  return {{pointer, Fact<std::string>(value)}};
}
DomainRecord restriction() { return asks("/b_info/dm_restrict", "True"); }

Snapshot snapshot_of(const Host& host) {
  auto snapshot = make_fixture_store({host.store});
  REQUIRE(snapshot.ok());
  snapshot->info().introduced = host.alive;
  std::sort(snapshot->info().introduced->begin(), snapshot->info().introduced->end());
  snapshot->info().time = std::time(nullptr) + 60;  // all processes were there before
  return *std::move(snapshot);
}

AuditResult judged(const Result<Snapshot>& snapshot) {
  Auditor auditor(schema(), rules(), {});
  auditor.add("store", snapshot);
  return std::move(auditor).finish();
}

// "rule domid" of all findings and lines about device models, and of the rules not evaluated.
std::set<std::string> said(const AuditResult& result) {
  std::set<std::string> all;
  const auto is_ours = [](const std::string& rule) { return rule.starts_with("device-model"); };
  const auto domid = [](const std::optional<Guest>& guest) {
    return " " + (guest ? std::to_string(guest->domid) : std::string("-"));
  };
  for (const Finding& finding : result.findings) {
    const std::string& rule = result.rules[finding.rule].id;
    if (is_ours(rule)) all.insert(rule + domid(finding.guest));
  }
  for (const GuestNote& note : result.notes) {
    all.insert(result.rules[note.rule].id + domid(note.guest));
  }
  for (const UndecidedRule& entry : result.not_evaluated) {
    const std::string& rule = result.rules[entry.rule].id;
    if (is_ours(rule)) all.insert("? " + rule);
  }
  return all;
}

// What a live audit says; a recording of it must say the same.
AuditResult look(const Host& host, ProcessSource& source) {
  Result<Snapshot> snapshot = snapshot_of(host);
  const auto record = collect_in_child(source, host_questions(schema(), *snapshot, AccessOptions()),
                                       std::chrono::seconds(60));
  if (!record) FAIL(record.error().text());
  auto facts = read_process_record(*record, "processes");
  if (!facts) FAIL(facts.error().text());
  snapshot->info().host_facts = std::make_shared<const HostFacts>(*std::move(facts));
  AuditResult result = judged(snapshot);
  const auto again = read_dump_text(write_recording(*snapshot), "recording");
  REQUIRE(again.ok());
  CHECK(again->info().complete());
  CHECK(said(judged(again)) == said(result));
  return result;
}
std::set<std::string> look(const Host& host, std::map<Domid, DomainRecord> records = {}) {
  WithRecords source(std::move(records));
  return said(look(host, source));
}

StandInOptions plain(const ScratchHost& host, Domid domid) {
  return {.program = host.directory() / "xen-qemu-system-i386",
          .arguments = {"-xen-domid", std::to_string(domid), "-name", "guest"},
          .ignore = {},
          .open = {"/dev/xen/privcmd", "/dev/xen/hypercall", "/dev/xen/evtchn"},
          .connect = {ScratchHost::kStoreSocket}};
}

StandInOptions restricted(const ScratchHost& host, Domid domid) {
  const std::string root = "/run/xen/qemu-root-" + std::to_string(domid);
  std::filesystem::create_directory(root);
  StandInOptions options = plain(host, domid);
  for (const std::string& argument :
       {std::string("-xen-domid-restrict"), std::string("-chroot"), root, std::string("-runas"),
        std::to_string(2000000 + domid) + ":2000000"}) {
    options.arguments.push_back(argument);
  }
  options.as_libxl_restricts = true;
  return options;
}

using Said = std::set<std::string>;

}  // namespace

TEST_CASE("three guests as they should be: a line each, and no finding") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  StandInOptions with_user = plain(scratch, 3);
  with_user.arguments.insert(with_user.arguments.end(), {"-runas", "dmuser"});
  const StandIn first(plain(scratch, 1));
  const StandIn second(restricted(scratch, 2));
  const StandIn third(with_user);
  scratch.accept_connections();
  Host host;
  host.add(1, first.pid());
  host.add(2, second.pid());
  host.add_kill_uid(2, 2000002);
  host.add(3, third.pid());
  host.add_kill_uid(3, 2100000);
  WithRecords source({{2, restriction()}, {3, asks("/b_info/device_model_user", "dmuser")}});
  const AuditResult result = look(host, source);
  CHECK(said(result) == Said{"device-model-unrestricted 1", "device-model-restricted 2",
                             "device-model-unrestricted 3"});
  REQUIRE(result.notes.size() == 3);
  CHECK(result.notes[0].text.find("(no restriction is configured)") != std::string::npos);
  CHECK(result.notes[1].text.find("user 2000002") != std::string::npos);
  CHECK(result.notes[1].text.find("/run/xen/qemu-root-2") != std::string::npos);
  CHECK(result.notes[2].text.find("only device_model_user") != std::string::npos);
}

TEST_CASE("a restriction that was asked for and is not in force") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  StandInOptions ignoring = restricted(scratch, 2);
  ignoring.ignore = {"-xen-domid-restrict", "-chroot", "-runas"};
  const StandIn second(ignoring);
  const StandIn third(plain(scratch, 3));
  scratch.accept_connections();
  Host host;
  host.add(2, second.pid());
  host.add_kill_uid(2, 2000002);
  host.add(3, third.pid());
  CHECK(look(host, {{2, restriction()}, {3, restriction()}}) ==
        Said{"device-model-restriction-missing 2", "device-model-runs-as-root 2",
             "device-model-descriptor-open 2", "device-model-unrestricted 2",
             "device-model-restriction-missing 3", "device-model-runs-as-root 3",
             "device-model-unrestricted 3"});
}

TEST_CASE("users that are shared, taken, missing, or not those written down") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  StandInOptions both = plain(scratch, 4);
  both.arguments.insert(both.arguments.end(), {"-runas", "dmuser"});
  StandInOptions other = both;
  other.arguments[1] = "5";
  const StandIn fourth(both);
  const StandIn fifth(other);
  const StandIn sixth(restricted(scratch, 6));
  const StandIn ninth(restricted(scratch, 9));
  scratch.accept_connections();
  Host host;
  host.add(4, fourth.pid());
  host.add(5, fifth.pid());
  host.add(6, sixth.pid());
  host.add_kill_uid(6, 2000007);
  host.add(9, ninth.pid());
  host.add_kill_uid(9, 2000009);
  CHECK(look(host, {{4, asks("/b_info/device_model_user", "dmuser")},
                    {5, asks("/b_info/device_model_user", "gone")},
                    {6, restriction()},
                    {9, restriction()}}) ==
        Said{"device-model-uid-shared 4", "device-model-unrestricted 4",
             "device-model-uid-shared 5", "device-model-user-missing 5",
             "device-model-unrestricted 5", "device-model-uid-mismatch 6",
             "device-model-restricted 6", "device-model-uid-taken 9", "device-model-restricted 9"});
}

TEST_CASE("processes that are another's, have ended, or outlived their guest") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  StandInOptions editor = plain(scratch, 1);
  editor.arguments = {"-name", "x\nUid:\t0\n\x1b]0;title\x07", std::string(100'000, 'A')};
  const StandIn first(editor);
  const StandIn second(plain(scratch, 22));  // dead
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const pid_t zombie = fork();
  if (zombie == 0) _exit(0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(zombie), &ended, WEXITED | WNOWAIT) == 0);
  Host host;
  host.add(1, first.pid());
  host.add(2, second.pid());
  host.add(3, child);
  host.add(4, zombie);
  WithRecords source({});
  const AuditResult result = look(host, source);
  waitpid(zombie, nullptr, 0);
  CHECK(said(result) == Said{"device-model-pid-reused 1", "device-model-pid-reused 2",
                             "device-model-gone 3", "device-model-gone 4",
                             "device-model-outlived-guest 0"});
  for (const Finding& finding : result.findings) {
    CHECK(std::all_of(finding.message.begin(), finding.message.end(),
                      [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(finding.message.size() < 2000);
  }
}

TEST_CASE("what a process calls itself goes into no message as it is, nor whole") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  const std::string hostile =
      "2\nUid:\t0\r\x1b]0;title\x07\xff<script>" + std::string(100'000, 'A');
  StandInOptions liar = plain(scratch, 1);
  liar.program = scratch.directory() / "qemu\n\x1b[2J\x9b";
  liar.arguments = {"-xen-domid", hostile};
  StandInOptions under_its_number = liar;  // restricted, if it were true
  under_its_number.arguments = {"-xen-domid", "3",      "-xen-domid-restrict", "-name",
                                hostile,      "-runas", "2000003:2000000"};
  const StandIn first(liar);
  const StandIn third(under_its_number);
  scratch.accept_connections();
  Host host;
  host.add(1, first.pid());
  host.add(3, third.pid());
  WithRecords source({{3, restriction()}});
  const AuditResult result = look(host, source);
  CHECK(said(result) == Said{"device-model-pid-reused 1", "device-model-restriction-missing 3",
                             "device-model-restricted 3"});
  const auto is_safe = [](const std::string& text) {
    return text.size() < 2000 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  };
  for (const Finding& finding : result.findings) CHECK(is_safe(finding.message));
  for (const GuestNote& note : result.notes) CHECK(is_safe(note.text));
}

TEST_CASE("a guest does not choose which process is looked at") {
  Host host;
  host.add(1, 1, "n0,b1");
  host.add(2, getpid());
  const HostQuestions questions = host_questions(schema(), snapshot_of(host), AccessOptions());
  CHECK(questions.pids == std::vector<Pid>{static_cast<Pid>(getpid())});
  REQUIRE(questions.domain_records.size() == 2);
  CHECK(questions.domain_records[0].uuid == uuid_of(1));
}

TEST_CASE("without the right to look, and without processes, nothing is called fine") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  const StandIn first(restricted(scratch, 1));
  scratch.accept_connections();
  Host host;
  host.add(1, first.pid());
  // A source that sees what somebody else's user would.
  FakeProcessSource blind;
  Process process = *ProcFilesystem().look_at({static_cast<Pid>(first.pid())}).front();
  const std::string reason = "it may not be read (Permission denied)";
  process.root = Fact<std::string>::unknown(reason);
  process.namespaces = Fact<std::vector<Namespace>>::unknown(reason);
  process.descriptors = Fact<std::vector<Descriptor>>::unknown(reason);
  blind.processes[static_cast<Pid>(first.pid())] = process;
  const AuditResult result = look(host, blind);
  CHECK(said(result).count("? device-model-descriptor-open") == 1);
  CHECK(said(result).count("? device-model-restricted") == 1);
  CHECK(result.verdict != Verdict::clean);

  host.add(2, first.pid());  // so that there are two who could share a user
  for (const Domid domid : {1U, 2U}) host.add_kill_uid(domid, 2000001);
  const AuditResult without = judged(snapshot_of(host));
  CHECK(said(without) == Said{"? device-model-descriptor-open", "? device-model-gone",
                              "? device-model-outlived-guest", "? device-model-pid-reused",
                              "? device-model-restricted", "? device-model-restriction-missing",
                              "? device-model-runs-as-root", "? device-model-uid-mismatch",
                              "? device-model-uid-shared", "? device-model-uid-taken",
                              "? device-model-unrestricted", "? device-model-user-missing"});
  for (const UndecidedRule& entry : without.not_evaluated) {
    CHECK(entry.by_form);
    if (!without.rules[entry.rule].id.starts_with("device-model")) continue;
    CHECK(entry.reason.find("no processes were recorded with the store") != std::string::npos);
  }
}

TEST_CASE("whoever is not root learns what he may and is told what he may not") {
  if (!may_have_own_mounts()) return;
  ScratchHost scratch(kUsers);
  const StandIn first(restricted(scratch, 1));
  const StandIn second(plain(scratch, 2));
  scratch.accept_connections();
  Host host;
  host.add(1, first.pid());
  host.add_kill_uid(1, 2000001);
  host.add(2, second.pid());
  Result<Snapshot> snapshot = snapshot_of(host);
  const HostQuestions questions = host_questions(schema(), *snapshot, AccessOptions());
  const ChildResult child = run_in_child([&](int report) {
    if (setgroups(0, nullptr) != 0 || setresgid(65533, 65533, 65533) != 0 ||
        setresuid(65533, 65533, 65533) != 0) {
      return 1;
    }
    ProcFilesystem source;
    const std::string text = write_process_record(collect(source, questions));
    return write(report, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 2;
  });
  REQUIRE(exited_with(child, 0));
  snapshot->info().host_record = std::make_shared<const HostRecord>(HostRecord{child.said, 1});
  const AuditResult result = judged(snapshot);
  // Which process it is, and as whom it runs, anybody may see; what it has open nobody else.
  CHECK(said(result) == Said{"? device-model-descriptor-open", "? device-model-restricted",
                             "? device-model-unrestricted", "device-model-unrestricted 2"});
  CHECK(result.verdict != Verdict::clean);
  for (const UndecidedRule& entry : result.not_evaluated) {
    if (!result.rules[entry.rule].id.starts_with("device-model")) continue;
    CHECK(entry.reason.find("it may not be read (Permission denied)") != std::string::npos);
  }
}

TEST_CASE("one that makes its reader wait is left behind") {
  class Waiting final : public ProcessSource {
   public:
    std::vector<Fact<Process>> look_at(const std::vector<Pid>&) override {
      while (true) pause();
    }
    Fact<std::vector<Pid>> with_argument(const std::vector<std::string>&) override {
      return std::vector<Pid>{};
    }
    Fact<User> user(const std::string&) override { return Fact<User>::absent(); }
    Fact<std::vector<User>> users(UidRange) override { return std::vector<User>{}; }
    Fact<KernelView> kernel() override { return Fact<KernelView>::absent(); }
    Fact<Settings> settings(const std::string&) override { return Fact<Settings>::absent(); }
    Fact<DomainRecord> domain_record(const DomainRecordQuestion&) override {
      return Fact<DomainRecord>::absent();
    }
  };
  Waiting source;
  HostQuestions questions;
  questions.pids = {1};
  const auto facts = collect_in_child(source, questions, std::chrono::seconds(1));
  REQUIRE_FALSE(facts.ok());
  CHECK(facts.error().message == "examining them took too long");
}

TEST_CASE("a recording whose processes were cut or changed is none") {
  Host host;
  host.add(1, 1);
  Result<Snapshot> snapshot = snapshot_of(host);
  snapshot->info().host_record =
      std::make_shared<const HostRecord>(HostRecord{write_process_record({}), 1});
  const std::string whole = write_recording(*snapshot);
  const auto read = read_dump_text(whole, "whole");
  REQUIRE(read.ok());
  REQUIRE(read->info().host_record != nullptr);
  CHECK(read->info().host_record->text == snapshot->info().host_record->text);

  const auto cut = read_dump_text(whole.substr(0, whole.size() - 1), "cut");
  REQUIRE(cut.ok());
  CHECK(cut->info().host_record == nullptr);
  CHECK_FALSE(cut->info().complete());
  CHECK_FALSE(read_dump_text(whole + "more\n", "more").ok());

  snapshot->info().host_record = std::make_shared<const HostRecord>(HostRecord{"nonsense\n", 7});
  const AuditResult result = judged(snapshot);
  CHECK(result.sources[0].error.find(":7: this record of processes") != std::string::npos);
}

}  // namespace xsaudit
