// One store in every form: the findings are the same wherever the form can tell, and what it cannot
// tell is said not to be evaluated.
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "rules_support.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

std::string recorded(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Judged {
  std::set<std::pair<std::string, std::string>> found;  // rule and path
  std::set<std::string> undecided;                      // rules
  bool lacking = false;                                 // it is not all that there was
};

Judged judge(const std::string& text, const std::vector<Domid>& alive) {
  static const Result<RuleSet> rules = RuleSet::load(embedded_rules(), test_schema());
  if (!rules) FAIL(rules.error().text());
  DumpOptions options;
  options.top_names = test_schema().top_names();
  options.always = test_schema().always();
  options.implied = test_schema().implied();
  auto snapshot = read_dump_text(text, "dump", options);
  if (!snapshot) FAIL(snapshot.error().text());
  // The daemons know more of some domains than the listings do.
  if (snapshot->info().introduced) snapshot->info().introduced = alive;
  Judged judged;
  judged.lacking = !snapshot->info().complete() || !snapshot->info().has_permissions;
  const TestFacts facts(*std::move(snapshot), alive);
  const Evaluation result = evaluate(*rules, facts.facts());
  for (const Violation& violation : result.violations) {
    judged.found.emplace(violation.rule->id, violation.path);
  }
  for (const NotEvaluated& entry : result.not_evaluated) judged.undecided.insert(entry.rule->id);
  return judged;
}

// All that `part` found is in `whole`, and what it did not find it could not decide.
void check_part(const Judged& part, const Judged& whole) {
  for (const auto& [rule, path] : part.found) {
    // A listing without permissions, or with values cut at the width of a terminal, says so.
    if (rule == "snapshot-quality" && part.lacking) continue;
    INFO(rule << " at " << path);
    CHECK(whole.found.count({rule, path}) == 1);
  }
  for (const auto& [rule, path] : whole.found) {
    INFO(rule << " at " << path);
    CHECK((part.found.count({rule, path}) == 1 || part.undecided.count(rule) == 1));
  }
}

TEST_CASE("every shape of a listing gives the same findings, or says what it cannot tell") {
  const auto [name, alive] = GENERATE(table<std::string, std::vector<Domid>>({
      {"cxenstored/34-fill-data", {0, 1, 6}},
      {"cxenstored/44-libxl-backend-swapped", {0, 1, 2}},
  }));
  CAPTURE(name);
  const Judged whole = judge(recorded(name + ".fp.txt"), alive);
  CHECK_FALSE(whole.found.empty());
  for (const char* shape : {".f.txt", ".p.txt", ".plain.txt"}) {
    INFO(shape);
    check_part(judge(recorded(name + shape), alive), whole);
  }
  // Without permissions no finding of them is lost in silence.
  const Judged flat = judge(recorded(name + ".f.txt"), alive);
  CHECK(flat.undecided.count("world-writable-node") == 1);
}

TEST_CASE("a listing from which a tree was taken is a part, and nothing of it is a finding") {
  const auto [name, alive, trees] =
      GENERATE(table<std::string, std::vector<Domid>, std::vector<std::string>>({
          {"lab-xen4.17-cxenstored/40-healthy.fp.txt",
           {0, 1, 2},
           {"/tool", "/local", "/local/domain", "/local/domain/0", "/vm"}},
          {"profiles/xcpng83.fp.txt",
           {0, 1, 2},
           {"/tool", "/local", "/local/domain", "/local/domain/0", "/vm", "/xenops"}},
      }));
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/" + name);
  REQUIRE(file);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  for (const std::string& tree : trees) {
    CAPTURE(name, tree);
    std::string part;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const bool below = line.starts_with(tree + "/") || line.starts_with(tree + " ");
      if (!below) part += line + "\n";
    }
    REQUIRE(part.size() < text.size());
    const Judged judged = judge(part, alive);
    CHECK(judged.lacking);
    for (const auto& [rule, path] : judged.found) {
      INFO(rule << " at " << path);
      CHECK(rule == "snapshot-quality");
    }
  }
}

TEST_CASE("the program's own recording of a listing gives the findings of the listing") {
  const std::string name = "cxenstored/44-libxl-backend-swapped.fp.txt";
  const auto snapshot = read_dump_text(recorded(name), "dump");
  REQUIRE(snapshot);
  const Judged own = judge(write_recording(*snapshot), {0, 1, 2});
  const Judged listing = judge(recorded(name), {0, 1, 2});
  CHECK(own.found == listing.found);
  CHECK(own.undecided == listing.undecided);
}

TEST_CASE("a daemon's own state has every finding of its listing") {
  const auto [state, listing] = GENERATE(table<std::string, std::string>({
      {"cxenstored/81-lu-state.state_dump", "cxenstored/80-before-live-update.fp.txt"},
      {"oxenstored/81-lu-state.db", "oxenstored/80-before-live-update.fp.txt"},
  }));
  CAPTURE(state);
  const Judged daemon = judge(recorded(state), {0, 1});
  const Judged listed = judge(recorded(listing), {0, 1});
  for (const auto& [rule, path] : listed.found) {
    INFO(rule << " at " << path);
    CHECK((daemon.found.count({rule, path}) == 1));
  }
  // It decides all rules but those about the kernel's devices, Xen's event channels and the
  // daemon's log, even those about clients.
  const std::set<std::string> of_others = {"backend-not-served",       "backend-unknown-to-store",
                                           "disk-mounted-in-domain-0", "disk-opened-by-two",
                                           "disk-opened-differs",      "disk-opened-writable",
                                           "event-channel-elsewhere",  "guest-probes-store",
                                           "link-forged-and-restored", "vif-in-other-bridge"};
  for (const std::string& rule : daemon.undecided) {
    INFO(rule);
    CHECK(of_others.contains(rule));
  }
  CHECK(listed.undecided.count("transaction-leak") == 1);
}

}  // namespace
}  // namespace xsaudit
