// The hits of stores whose values change: what is judged again after a change must give what
// judging everything gives. XSAUDIT_FOLLOWED_CHANGES: the number of changes of each store.
#include "rules/followed_hits.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "rules_support.h"
#include "source/recording/dump_reader.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), test_schema());
  return loaded;
}

ContextOptions context_options(const Snapshot& store) {
  ContextOptions options;
  options.alive = test_schema().domains().homes(store);
  return options;
}

std::unique_ptr<FollowedHits> follow(Snapshot store) {
  const ContextOptions options = context_options(store);
  return std::make_unique<FollowedHits>(test_schema(), rules(), options, nullptr,
                                        JudgingClock::Limit(), std::move(store));
}

std::string text_of(const Hit& hit) {
  return std::to_string(hit.node) + "." + std::to_string(hit.alternative) + " " +
         to_text(hit.severity) + (hit.severity_sure ? "" : " unsure") +
         (hit.confirmed ? " confirmed" : "") + (hit.relies_on_liveness ? " liveness" : "");
}

std::vector<std::string> text_of(const AllHits& all) {
  std::vector<std::string> lines;
  for (std::size_t rule = 0; rule < all.size(); ++rule) {
    const std::string& id = rules().rules()[rule].id;
    for (const Hit& hit : all[rule].hits) lines.push_back(id + " " + text_of(hit));
    for (const Supersession& one : all[rule].supersessions) {
      lines.push_back(id + " " + std::to_string(one.node) + " yields to " +
                      std::to_string(one.rule) + " at " + std::to_string(one.at));
    }
    for (const NotEvaluated& one : all[rule].not_evaluated) {
      lines.push_back(id + " not evaluated at " + one.path + " and in all " +
                      std::to_string(one.count) + (one.everywhere ? ", everywhere: " : ": ") +
                      one.reason);
    }
  }
  return lines;
}

std::vector<std::string> judged_as_a_whole(const FollowedHits& followed) {
  const Snapshot store = followed.copy();
  const AuditContext facts(test_schema(), store, context_options(store));
  StoreIndex index(facts);
  return text_of(find_hits(rules(), facts, index));
}

// Values that mean something at some node: of other nodes, paths of nodes, and a few small ones.
class RandomValues {
 public:
  explicit RandomValues(const Snapshot& store) : store_(store) {}

  std::uint32_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(
        0, static_cast<std::uint32_t>(limit - 1))(random_);
  }
  NodeId node() { return below(store_.size()); }
  std::string value(NodeId at) {
    const std::string before(store_.value(at));
    switch (below(7)) {
      case 0: return "";
      case 1: return std::to_string(below(8));
      case 2: return store_.path(node());
      case 3: return before + "\x01";
      case 4: return std::string(below(300), 'x');
      case 5: return before.empty() ? "0" : before.substr(1);
      default: return std::string(store_.value(node()));
    }
  }

 private:
  const Snapshot& store_;
  std::mt19937 random_{23};
};

int changes() {
  const char* const text = std::getenv("XSAUDIT_FOLLOWED_CHANGES");
  return text == nullptr ? 40 : std::atoi(text);
}

struct Tally {
  int in_part = 0;
  int as_a_whole = 0;
  int not_at_all = 0;
};

// Most changes go to nodes that were changed lately, so that faults also go again.
void change_at_random(const Snapshot& store, Tally& tally) {
  RandomValues random(store);
  auto followed =
      follow(SnapshotBuilder::of(store).finish(store.info(), UnknownReason::not_recorded));
  std::vector<NodeId> lately;
  for (int turn = 0; turn < changes(); ++turn) {
    const bool again = !lately.empty() && random.below(3) > 0;
    const NodeId node = again ? lately[random.below(lately.size())] : random.node();
    if (store.value_unknown(node) != UnknownReason::known) continue;
    if (!again) lately.push_back(node);
    if (lately.size() > 6) lately.erase(lately.begin());
    // Often what it was at first.
    const std::string value =
        random.below(3) == 0 ? std::string(store.value(node)) : random.value(node);
    const bool matters = followed->matters(node, value);
    const auto before = text_of(followed->hits());
    followed->set_value(node, value);
    CAPTURE(store.info().name, store.path(node), value, matters);
    if (followed->judge()) {
      ++(matters ? tally.in_part : tally.not_at_all);
      REQUIRE(text_of(followed->hits()) == judged_as_a_whole(*followed));
    } else {
      ++tally.as_a_whole;
      REQUIRE(matters);
      followed = follow(followed->copy());
    }
    if (!matters) REQUIRE(text_of(followed->hits()) == before);
  }
}

TEST_CASE("changes of recorded stores are judged in part as they are judged as a whole") {
  Tally tally;
  for (const std::string daemon : {"cxenstored", "oxenstored"}) {
    const std::filesystem::path folder =
        std::string(XSAUDIT_SOURCE_DIR) + "/tests/dumps/lab-xen4.17-" + daemon;
    std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), {});
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      if (!file.string().ends_with(".fp.txt")) continue;
      std::ifstream input(file);
      const std::string text(std::istreambuf_iterator<char>(input), {});
      const auto store = read_dump_text(text, file.string());
      REQUIRE(store);
      change_at_random(*store, tally);
    }
  }
  CAPTURE(tally.in_part, tally.as_a_whole, tally.not_at_all);
  CHECK(tally.in_part > tally.as_a_whole);
  CHECK(tally.as_a_whole > 0);
  CHECK(tally.not_at_all > 0);
}

Snapshot generated() {
  FILE* const output = popen(XSAUDIT_GENERATE_STORE " --domains 12 --faults 12 2>/dev/null", "r");
  REQUIRE(output != nullptr);
  const auto store = read_dump(fileno(output), "generated");
  REQUIRE(pclose(output) == 0);
  REQUIRE(store);
  return SnapshotBuilder::of(*store).finish(store->info(), UnknownReason::not_recorded);
}

TEST_CASE("changes of a generated store are judged in part as they are judged as a whole") {
  Tally tally;
  change_at_random(generated(), tally);
  CHECK(tally.in_part > 0);
}

// What searches compare: a guest with the name of another, a device with the disk of another.
TEST_CASE("a value that becomes that of a node of the same name is judged as it is as a whole") {
  const Snapshot store = generated();
  auto followed = follow(generated());
  std::map<std::string, std::vector<NodeId>> by_name;
  for (NodeId node = 1; node < store.size(); ++node) {
    by_name[std::string(store.name(node))].push_back(node);
  }
  for (const auto& [name, nodes] : by_name) {
    const auto differs = [&, first = store.value(nodes.front())](NodeId node) {
      return store.value(node) != first;
    };
    const auto other = std::find_if(nodes.begin(), nodes.end(), differs);
    if (other == nodes.end()) continue;
    for (const std::string_view value : {store.value(*other), store.value(nodes.front())}) {
      CAPTURE(store.path(nodes.front()), value);
      followed->set_value(nodes.front(), value);
      if (!followed->judge()) followed = follow(followed->copy());
      REQUIRE(text_of(followed->hits()) == judged_as_a_whole(*followed));
    }
  }
}

}  // namespace
}  // namespace xsaudit
