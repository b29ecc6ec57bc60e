// What rules advise (`fix`) does what it says. Every firing test of a rule gives a store with the
// fault: it is loaded into real daemons, the commands are run in a shell as they are printed, and
// the store is looked at again. xenstore-* are the real programs; for every other command a
// stand-in checks that it is one that exists (commands.txt).
#include <iostream>
#include <map>
#include <regex>
#include <set>

#include "rules/evaluation.h"
#include "rules/rule_set.h"
#include "rules/testing/fixture_host.h"
#include "rules/testing/rule_case.h"
#include "source/live/libxenstore_reader.h"
#include "source/live/live_source.h"
#include "support/printed_by.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

constexpr const char* kFolder = XSAUDIT_SOURCE_DIR "/tests/fixes/";

const Schema& schema() {
  static const Result<Schema> loaded = Schema::load(embedded_schema());
  if (!loaded) FAIL(loaded.error().text());
  return *loaded;
}

const RuleSet& rules() {
  static const Result<RuleSet> loaded = RuleSet::load(embedded_rules(), schema());
  if (!loaded) FAIL(loaded.error().text());
  return *loaded;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.front() != '#') lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of_file(const std::string& name) {
  std::ifstream file(kFolder + name);
  REQUIRE(file);
  return lines_of(std::string(std::istreambuf_iterator<char>(file), {}));
}

// effects.txt: "gone", "toolstack" or "not-here" by rule; empty for those that only show.
std::string effect_of(const Rule& rule) {
  static const std::map<std::string, std::string> effects = [] {
    std::map<std::string, std::string> read;
    for (const std::string& line : lines_of_file("effects.txt")) {
      std::istringstream words(line);
      std::string id;
      words >> id >> read[line.substr(0, line.find(' '))];
      if (rules().find(id) == nullptr) FAIL_CHECK("effects.txt: there is no rule " << id);
    }
    return read;
  }();
  const auto found = effects.find(rule.id);
  return found == effects.end() ? std::string() : found->second;
}

// The facts of one look at a store.
class Look {
 public:
  Look(Snapshot store, const RuleCase& one, std::optional<std::vector<Domid>> alive)
      : store_(std::move(store)), context_(schema(), store_, options_of(one, std::move(alive))) {
    if (one.host) {
      auto made = make_fixture_host(*one.host, schema(), store_);
      REQUIRE(made);
      host_ = *std::move(made);
      context_.host = &host_;
    }
    result_ = evaluate(rules(), context_);
  }
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;

  const Snapshot& store() const { return store_; }
  const Liveness& liveness() const { return context_.liveness; }
  std::vector<Violation> of(const Rule& rule) const {
    std::vector<Violation> found;
    for (const Violation& violation : result_.violations) {
      if (violation.rule == &rule) found.push_back(violation);
    }
    return found;
  }
  const std::vector<Violation>& all() const { return result_.violations; }
  bool fires(const Rule& rule, const std::string& path) const {
    const auto found = of(rule);
    return std::any_of(found.begin(), found.end(),
                       [&](const Violation& violation) { return violation.path == path; });
  }

 private:
  static ContextOptions options_of(const RuleCase& one, std::optional<std::vector<Domid>> alive) {
    ContextOptions options = one.options;
    options.alive = std::move(alive);
    return options;
  }

  Snapshot store_;
  AuditContext context_;
  HostFacts host_;
  Evaluation result_;
};

Snapshot store_of(const RuleCase& one) {
  auto store = make_fixture_store(one.store);
  if (!store) FAIL(store.error().text());
  store->info().time = one.time;
  return *std::move(store);
}

// Calls `look` with each firing test of a rule.
void for_each_case(const Rule& rule, const std::function<void(const RuleCase&)>& look) {
  REQUIRE(rule.tests);
  const auto cases = read_rule_cases(rule.tests->root().get("tests"));
  REQUIRE(cases);
  for (const RuleCase& one : *cases) {
    INFO(one.place << ": " << one.name);
    if (one.expected == RuleCase::Expected::fires) look(one);
  }
}

// The programs that a line starts, in a pipe or one after the other.
bool changes(const std::string& line) {
  static const std::regex changing(
      "^(xenstore-(rm|write|chmod)|xl [a-z]+-detach|xl "
      "(rename|destroy|shutdown|reboot)|adduser|kill) "
      ".*");
  return std::regex_match(line, changing);
}

// Commands that are there while a test runs: the real xenstore-*, and stand-ins.
class Commands {
 public:
  Commands() {
    std::string patterns;
    std::set<std::string> names;
    for (const std::string& line : lines_of_file("commands.txt")) {
      patterns += line + "\n";
      names.insert(line.substr(0, line.find(' ')));
    }
    folder_.write("patterns", patterns);
    for (const std::string& name : names) {
      const std::string path = folder_.write(
          name, "#!/bin/bash\n/bin/grep -qxE -f '" + folder_ / "patterns" + "' <<<\"" + name +
                    "${*:+ $*}\" || { echo \"there is no such command: " + name +
                    " $*\" >&2; exit 64; }\n");
      std::filesystem::permissions(path, std::filesystem::perms(0755));
    }
  }

  // Runs one line; what it printed, and its exit status.
  Printed run(const std::string& line) const {
    const std::string script = folder_.write("line", line + "\n");
    return run_command("PATH='" + folder_.path() + "':/usr/bin:/bin /bin/bash -o pipefail '" +
                       script + "' 2>&1");
  }
  bool understood(const std::string& line) const {
    const std::string script = folder_.write("line", line + "\n");
    return run_command("/bin/bash -n '" + script + "' 2>&1").status == 0;
  }

 private:
  ScratchDirectory folder_;
};

// The lines of a fix that say what comes next, where nothing comes.
std::string dangling(const std::string& fix) {
  std::istringstream stream(fix);
  std::string lead;
  for (std::string line; std::getline(stream, line);) {
    const bool follows = line.front() != '#' || line.find_first_not_of("# ") > 2;
    if (!lead.empty() && !follows) return lead;
    lead = line.back() == ':' ? line : "";
  }
  return lead;
}

// What is wrong with the commands of a fix, whatever store they are for.
std::string fault_of(const std::string& fix, const Commands& commands) {
  static const std::regex placeholder("(^| )[nrwb]?[A-Z]{3,}( |$)");
  static const std::regex reserved(
      "xenstore-chmod .* [nrwb](3275[2-9]|327[6-9][0-9]|32[89]..)( .*)?");
  static const std::regex top(
      "xenstore-rm .*(/|/(local|vm|tool|libxl|xenops|xapi|mh|pm|local/domain(/0)?))( .*)?");
  const auto lines = lines_of(fix);
  if (lines.empty()) return "it has no commands";
  if (!dangling(fix).empty()) return "nothing follows: " + dangling(fix);
  bool shown = false;
  for (const std::string& line : lines) {
    if (!commands.understood(line)) return "a shell does not understand: " + line;
    if (std::regex_search(line, placeholder)) return "it has to be filled in: " + line;
    if (std::regex_match(line, reserved)) return "it sets an entry for a reserved domid: " + line;
    if (std::regex_match(line, top)) return "it removes a whole part of the store: " + line;
    if (line.find("live-update") != std::string::npos) return "it starts a live update: " + line;
    if (changes(line) && !shown) return "it changes something before anything was shown: " + line;
    shown = shown || !changes(line);
  }
  return {};
}

}  // namespace

TEST_CASE("every fix shows before it changes, and prints commands that can be run") {
  const Commands commands;
  for (const Rule& rule : rules().rules()) {
    bool any_change = false;
    for_each_case(rule, [&](const RuleCase& one) {
      const Look look(store_of(one), one, one.options.alive);
      for (const Violation& violation : look.of(rule)) {
        INFO(rule.id << " at " << violation.path << ":\n" << violation.fix);
        CHECK(fault_of(violation.fix, commands).empty());
        for (const std::string& line : lines_of(violation.fix)) {
          any_change = any_change || changes(line);
          // Whatever is not xenstore-* must be a command that exists.
          if (line.compare(0, 9, "xenstore-") == 0) continue;
          const Printed printed = commands.run(line);
          INFO(line << "\n" << printed.text);
          CHECK(printed.text.find("there is no such command") == std::string::npos);
          CHECK(printed.text.find("command not found") == std::string::npos);
        }
      }
    });
    INFO(rule.id);
    const std::string effect = effect_of(rule);
    if (effect.substr(0, 4) == "gone" || effect == "toolstack") CHECK(any_change);
    if (effect.empty()) CHECK_FALSE(any_change);
  }
}

// Drivers of every guest rely on that right from Xen 4.22 on.
TEST_CASE("no command takes from all domains the right to watch for those that go, without need") {
  const auto fix_at = [](const std::string& text) {
    RuleCase one;
    one.store.text = text;
    const Look look(store_of(one), one, std::vector<Domid>{0, 3});
    const auto found = look.of(*rules().find("special-watch-perms"));
    REQUIRE(found.size() == 1);
    return found.front().fix;
  };
  const auto npos = std::string::npos;
  CHECK(fix_at("/@releaseDomain = \"\"   (n0,r3,r32757)\n").find("chmod") == npos);
  CHECK(fix_at("/@releaseDomain = \"\"   (n0,b3,r32757)\n").find("chmod") != npos);
  CHECK(fix_at("/@releaseDomain = \"\"   (n0,r3)\n").find("chmod") != npos);
  CHECK(fix_at("/@introduceDomain = \"\"   (n0,r3,r32757)\n").find("chmod") != npos);
}

// The commands are those of xl_cmdtable.c, virsh(1), xe's CLI and the qvm- tools of Qubes OS.
TEST_CASE("the steps that detach a device fit its kind and the toolstack of its guest") {
  const std::string disk =
      "# With libvirt, use virsh detach-disk. On Qubes OS, use qvm-block detach.";
  const std::string interface =
      "# With libvirt, use virsh detach-interface. On Qubes OS, set the guest's netvm with "
      "qvm-prefs.";
  const std::string none =
      "# No command detaches this kind of device: restart the guest, on Qubes OS with qvm-shutdown "
      "and qvm-start.";
  const std::string xe_disk = "# With xapi, use xe vbd-unplug with the UUID from xe vbd-list.";
  const std::string xe_interface = "# With xapi, use xe vif-unplug with the UUID from xe vif-list.";
  const std::string xe_none =
      "# No command detaches this kind of device: restart the guest with xe vm-reboot.";
  struct Fits {
    const char* backend;
    std::vector<std::string> libxl;
    std::string xenopsd;
  };
  const std::vector<Fits> all = {
      {"vif", {"xl network-detach 7 0", interface}, xe_interface},
      {"vbd", {"xl block-detach 7 0", disk}, xe_disk},
      {"qdisk", {"xl block-detach 7 0", disk}, xe_disk},
      {"vbd3", {"xl block-detach 7 0", disk}, xe_disk},
      {"vkbd", {"xl vkb-detach 7 0"}, xe_none},
      {"vtpm", {"xl vtpm-detach 7 0"}, xe_none},
      {"qusb", {"xl usbctrl-detach 7 0"}, xe_none},
      {"pci",
       {"# Use xl pci-detach with the address from xl pci-list. With libvirt, use virsh "
        "detach-device.",
        "# On Qubes OS, shut the guest down, then use qvm-pci detach."},
       "# With xapi, shut the guest down, then change other-config:pci with xe vm-param-set."},
      {"vfb", {none}, xe_none},
      {"9pfs", {none}, xe_none},
      {"pvcalls", {none}, xe_none},
  };
  const std::string any = "# Detach the device through the toolstack, or restart the guest.";
  std::size_t rules_that_detach = 0;
  for (const Rule& rule : rules().rules()) {
    if (!rule.program->detach) continue;
    ++rules_that_detach;
    INFO(rule.id);
    CHECK(dangling(rule.fix).empty());
  }
  CHECK(rules_that_detach >= 16);
  for (const auto& [backend, libxl, xenopsd] : all) {
    for (const auto& [mark, steps] :
         {std::pair("/libxl/7", libxl), std::pair("/xenops/domain/7", std::vector{xenopsd}),
          std::pair("/tool", std::vector{libxl})}) {
      CAPTURE(backend, mark);
      const std::string device = "/local/domain/0/backend/" + std::string(backend) + "/7/0";
      const std::string text =
          device + "/hotplug-status = \"error\"   (n0,r7)\n" + device +
          "/state = \"2\"   (n0,r7)\n/local/domain/7/name = \"a\"   (n0,r7)\n" + std::string(mark) +
          " = \"\"   (n0)\n";
      RuleCase one;
      one.store.text = text;
      const Look look(store_of(one), one, std::vector<Domid>{0, 7});
      const auto found = look.of(*rules().find("hotplug-failed"));
      REQUIRE(found.size() == 1);
      std::string wanted;
      for (const std::string& step : steps) wanted += step + "\n";
      CHECK_THAT(found.front().fix, Catch::EndsWith("attach it again.\n" + wanted));
    }
  }
  // A guest chooses the spelling of a device's number, and a shell must not see it.
  for (const char* odd : {"-1", "007", "0x10", "--force", "7x"}) {
    CAPTURE(odd);
    Device device;
    device.domid = 3;
    device.kind = "vif";
    device.id = odd;
    CHECK(schema().devices().detach_steps(device, "libxl") == std::vector{interface});
  }
  Device unknown;
  unknown.kind = "vcamera";
  CHECK(schema().devices().detach_steps(unknown, "xend") == std::vector{any});
}

// xapi does not notice what xl changes: xe's view and xenopsd's records would be wrong afterwards.
TEST_CASE("no fix changes a guest of xapi with xl, virsh or the tools of Qubes OS") {
  std::size_t fixes = 0;
  for (const Rule& rule : rules().rules()) {
    for_each_case(rule, [&](const RuleCase& written) {
      RuleCase one = written;
      std::string marks = "/xenops = \"\"   (n0)\n/xenops/domain = \"\"   (n0)\n";
      for (int domid = 1; domid < 100; ++domid) {
        const std::string mark = "/xenops/domain/" + std::to_string(domid);
        if (one.store.text.find(mark) == std::string::npos) marks += mark + " = \"\"   (n0)\n";
      }
      const std::string text = std::string(one.store.text) + "\n" + marks;
      one.store.text = text;
      auto store = make_fixture_store(one.store);
      if (!store) return;
      const Look look(std::move(*store), one, one.options.alive);
      for (const Violation& violation : look.of(rule)) {
        ++fixes;
        INFO(violation.fix);
        static const std::regex foreign(
            "xl ([a-z]+-detach|rename|destroy|shutdown|reboot)|virsh |qvm-");
        CHECK_FALSE(std::regex_search(violation.fix, foreign));
      }
    });
  }
  CHECK(fixes > 100);
}

// A command that sets a list without its first entry makes whoever comes next the owner.
TEST_CASE("no command gives a node away, whoever owns it") {
  for (const char* owner : {"n-1", "r-1", "b-2147483648", "n32757", "b32757", "r40000", "n66",
                            "r66", "n3", "b3", "r0", "b0"}) {
    const std::string tail = std::string(" = \"\"   (") + owner + ",r5,b5,w66,r-7,b32757,r40000)\n";
    std::string text = "/libxl/5 = \"\"   (n0)\n/libxl/3 = \"\"   (n0)\n";
    for (const char* path :
         {"/shared", "/shared/a/b/c/d", "/vm/x/y", "/libxl/5/device", "/tool", "/local/domain/3",
          "/local/domain/3/data/a", "/local/domain/3/name", "/local/domain/3/device/vif/0",
          "/local/domain/3/console/tty", "/local/domain/66/device/vif/0/state", "/local/domain/66",
          "/local/domain/0/backend/vif/3/0", "/local/domain/0/backend/vif/66/0"}) {
      text += path + tail;
    }
    RuleCase one;
    one.store.text = text;
    const Look look(store_of(one), one, std::vector<Domid>{0, 3, 5});
    for (const Violation& violation : look.all()) {
      for (const std::string& line : lines_of(violation.fix)) {
        std::istringstream words(line);
        std::string command, path, first;
        words >> command >> path >> first;
        if (command != "xenstore-chmod") continue;
        if (path == "-r") path = first, words >> first;
        INFO(violation.rule->id << ": " << line);
        // Domain 0, the guest whose node it is, or the owner that it has: never another one.
        const std::string now = "/" + path + "/";
        CHECK((first == "n0" || (first == "n3" && now.find("/3/") != std::string::npos) ||
               first.substr(1) == std::string(owner).substr(1)));
        CHECK((first.front() == 'n' || first.front() == owner[0]));
      }
    }
  }
}

namespace {

Snapshot walked() {
  auto reader = LibxenstoreReader::open();
  REQUIRE(reader);
  auto store = read_live(**reader);
  REQUIRE(store);
  return *std::move(store);
}

// Whether a daemon can have such a store.
bool can_be_loaded(const RuleCase& one, const Snapshot& store, Daemon daemon) {
  if (one.store.daemon != Daemon::unknown && one.store.daemon != daemon) return false;
  if (one.store.coverage != Coverage::whole || one.host) return false;
  if (one.store.stale || one.store.clients || !store.info().has_permissions) return false;
  for (NodeId node = 1; node < store.size(); ++node) {
    if (store.value_unknown(node) != UnknownReason::known) return false;
    if (store.permissions_unknown(node) != UnknownReason::known) return false;
  }
  return true;
}

// A daemon that is filled and emptied case by case.
class FilledDaemon {
 public:
  explicit FilledDaemon(RunningDaemon& daemon) : daemon_(daemon) {
    own_ = control_.read("/tool/xenstored").value_or("");
  }

  void fill(const Snapshot& store, const std::vector<Domid>& alive) {
    for (const Domid domid : alive) {
      if (domid == 0 || domid >= kFirstReservedDomid) continue;
      daemon_.make_ring(domid);
      control_.introduce(domid);
      introduced_.push_back(domid);
    }
    control_.load(store);
    for (NodeId node = store.first_child(kRootNode); node != kNoNode;
         node = store.next_sibling(node)) {
      if (store.name(node).front() != '@') continue;
      control_.set_permissions(std::string(store.name(node)), to_text(*store.permissions(node)));
    }
    if (store.permissions(kRootNode) != nullptr) {
      control_.set_permissions("/", to_text(*store.permissions(kRootNode)));
    }
  }

  void empty() {
    const Snapshot store = walked();
    for (NodeId node = store.first_child(kRootNode); node != kNoNode;
         node = store.next_sibling(node)) {
      if (store.name(node).front() != '@') control_.remove(store.path(node));
    }
    control_.write("/tool/xenstored", own_);
    for (const char* path :
         {"/", "/tool", "/tool/xenstored", "@introduceDomain", "@releaseDomain"}) {
      control_.set_permissions(path, "n0");
    }
    for (const Domid domid : introduced_) control_.release(domid);
    introduced_.clear();
  }

 private:
  RunningDaemon& daemon_;
  XenstoreClient control_;
  std::string own_;
  std::vector<Domid> introduced_;
};

// Runs the commands of the findings, or those of them that begin in one way; whether any of them
// changes something.
bool run_all(const std::vector<Violation>& found, const Commands& commands,
             std::string_view only = "") {
  bool changed = false;
  for (const Violation& violation : found) {
    for (const std::string& line : lines_of(violation.fix)) {
      if (line.compare(0, only.size(), only) != 0) continue;
      const Printed printed = commands.run(line);
      INFO(line << ": " << printed.text);
      // What shows may have nothing to show.
      if (changes(line)) CHECK(printed.status == 0);
      CHECK(printed.status != 64);
      changed = changed || changes(line);
    }
  }
  return changed;
}

struct Tried {
  std::size_t cases = 0;
  std::size_t mended = 0;
};

std::vector<Domid> mentioned(const Snapshot& store) {
  std::set<Domid> domids;
  for (NodeId node = 1; node < store.size(); ++node) {
    for (const PermissionEntry& entry : *store.permissions(node)) domids.insert(entry.domid);
  }
  return {domids.begin(), domids.end()};
}

bool mends(const Violation& violation) {
  const auto lines = lines_of(violation.fix);
  return std::any_of(lines.begin(), lines.end(), changes);
}

// The finding is still there: the fix must say so, and doing what it says must help.
void check_why_it_stays(const Rule& rule, const RuleCase& one, const Violation& violation,
                        const Commands& commands) {
  CHECK(violation.fix.find("audit again") != std::string::npos);
  for (int round = 0; round < 5; ++round) {
    const Look again(walked(), one, std::nullopt);
    if (!again.fires(rule, violation.path)) return;
    // Only who knows that nothing uses a node may remove it.
    run_all(again.all(), commands, "xenstore-chmod ");
  }
  const Look last(walked(), one, std::nullopt);
  CHECK_FALSE(last.fires(rule, violation.path));
}

void check_findings(const Rule& rule, const RuleCase& one, const Look& before,
                    const Commands& commands, Tried& tried) {
  const auto found = before.of(rule);
  const bool changed = run_all(found, commands);
  const Look after(walked(), one, std::nullopt);
  const std::string effect = effect_of(rule);
  ++tried.cases;
  for (const Violation& violation : found) {
    INFO(rule.id << " at " << violation.path << ":\n" << violation.fix);
    if (effect.substr(0, 4) != "gone" || !mends(violation)) continue;
    if (after.fires(rule, violation.path)) check_why_it_stays(rule, one, violation, commands);
    ++tried.mended;
  }
  if (!changed || effect == "toolstack") CHECK(after.store().size() == before.store().size());
}

void try_case(const Rule& rule, const RuleCase& one, FilledDaemon& filled, Daemon daemon,
              const Commands& commands, Tried& tried) {
  const Look written(store_of(one), one, one.options.alive);
  if (!can_be_loaded(one, written.store(), daemon)) return;
  // Where the test leaves open which domains are alive, all may have to be that it mentions.
  for (const auto& alive : {written.liveness().alive, mentioned(written.store())}) {
    filled.fill(written.store(), alive);
    {
      const Look before(walked(), one, std::nullopt);
      if (!before.of(rule).empty()) {
        check_findings(rule, one, before, commands, tried);
        filled.empty();
        return;
      }
    }
    filled.empty();
    if (one.options.alive) return;
  }
}

void try_all(Daemon kind) {
  if (!RunningDaemon::available(kind)) return;
  const Commands commands;
  RunningDaemon daemon(kind);
  FilledDaemon filled(daemon);
  Tried all;
  for (const Rule& rule : rules().rules()) {
    if (effect_of(rule) == "not-here") continue;
    Tried tried;
    for_each_case(rule,
                  [&](const RuleCase& one) { try_case(rule, one, filled, kind, commands, tried); });
    INFO(to_text(kind) << ": " << rule.id << ": " << tried.cases << " stores");
    if (effect_of(rule) == "gone-oxenstored" && kind != Daemon::oxenstored) continue;
    CHECK(tried.cases > 0);
    if (effect_of(rule).substr(0, 4) == "gone") CHECK(tried.mended > 0);
    all.cases += tried.cases;
    all.mended += tried.mended;
  }
  std::cout << to_text(kind) << ": the fixes run against " << all.cases << " stores; " << all.mended
            << " findings mended\n";
}

}  // namespace

TEST_CASE("the commands of every fix, run against C xenstored") { try_all(Daemon::cxenstored); }
TEST_CASE("the commands of every fix, run against oxenstored") { try_all(Daemon::oxenstored); }

}  // namespace xsaudit
