// The real reader on a real /proc that hides processes, mounted in a pid namespace of its own.
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "host/facts/host_facts.h"
#include "host/facts/proc_filesystem.h"
#include "host/facts/process_record.h"
#include "support/child_process.h"
#include "support/own_mounts.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

// What `uid` sees of process 1, of itself (2) and of none (99) below a /proc mounted with `option`.
HostFacts seen_with(const std::string& option, uid_t uid) {
  const ScratchDirectory directory;
  const ChildResult child = run_in_child([&](int report) {
    if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return 1;
    const pid_t first = fork();
    if (first != 0) {
      int status = 0;
      waitpid(first, &status, 0);
      return WEXITSTATUS(status);
    }
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(3);
    if (mount("proc", directory.path().c_str(), "proc", 0, option.c_str()) != 0) _exit(4);
    const pid_t second = fork();
    if (second != 0) {
      int status = 0;
      waitpid(second, &status, 0);
      _exit(WEXITSTATUS(status));
    }
    if (setgroups(0, nullptr) != 0 || setresgid(uid, uid, uid) != 0 ||
        setresuid(uid, uid, uid) != 0) {
      _exit(5);
    }
    ProcFilesystem source(directory.path());
    const HostFacts facts = collect(source, {.pids = {1, 2, 99},
                                             .arguments = {"-no-such-argument"},
                                             .users = {},
                                             .uid_ranges = {},
                                             .domain_records = {}});
    const std::string text = write_process_record(facts);
    _exit(write(report, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 6);
  });
  REQUIRE(exited_with(child, 0));
  const auto facts = read_process_record(child.said, "child");
  REQUIRE(facts.ok());
  return *facts;
}

const std::vector<std::string> kArguments = {"-no-such-argument"};

}  // namespace

TEST_CASE("root sees all whatever /proc hides") {
  if (!may_have_own_mounts()) return;
  const HostFacts facts = seen_with("hidepid=2", 0);
  CHECK(facts.process(1).is_known());
  CHECK(facts.process(2).is_known());
  CHECK(facts.process(99).is_absent());
  CHECK(facts.searches.at(kArguments)->empty());
}

TEST_CASE("a process that /proc hides is not taken for one that is gone") {
  if (!may_have_own_mounts()) return;
  const HostFacts facts = seen_with("hidepid=2", 65533);
  CHECK(facts.process(1).is_unknown());
  CHECK(facts.process(99).is_unknown());
  CHECK(facts.process(2).is_known());
  CHECK(facts.searches.at(kArguments).is_unknown());
}

TEST_CASE("a process whose files /proc hides is there, with nothing known of it") {
  if (!may_have_own_mounts()) return;
  const HostFacts facts = seen_with("hidepid=1", 65533);
  REQUIRE(facts.process(1).is_known());
  CHECK(facts.process(1)->credentials.uids.is_unknown());
  CHECK(facts.process(1)->arguments.is_unknown());
  CHECK(facts.process(1)->start_ticks.is_unknown());
  CHECK(facts.process(99).is_absent());
  // It may have the argument: nobody can tell.
  CHECK(*facts.searches.at(kArguments) == std::vector<Pid>{1});
}

}  // namespace xsaudit
