// All rules judged at once, over nodes found in one walk, give what each gives that walks the store
// on its own and takes no shortcut: the same hits in the same order, for any number of threads.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rules/judge_rules.h"
#include "rules/rules_support.h"
#include "source/recording/dump_reader.h"
#include "support/hostile_stores.h"

namespace xsaudit {
namespace {

const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), test_schema());
  return loaded;
}

// All that the hits of all rules say, in their order.
std::string text_of(const AllHits& all) {
  std::string text;
  for (std::size_t rule = 0; rule < all.size(); ++rule) {
    text += rules().rules()[rule].id + (all[rule].finished ? "\n" : " unfinished\n");
    for (const Hit& hit : all[rule].hits) {
      text += " " + std::to_string(hit.node) + "/" + std::to_string(hit.alternative) + " " +
              to_text(hit.severity) + (hit.severity_sure ? "" : "?") +
              (hit.relies_on_liveness ? " dead" : "") + (hit.confirmed ? "" : " transient") + "\n";
    }
    for (const Supersession& one : all[rule].supersessions) {
      text += " " + std::to_string(one.node) + " superseded by " + std::to_string(one.rule) +
              " at " + std::to_string(one.at) + "\n";
    }
    for (const NotEvaluated& entry : all[rule].not_evaluated) {
      text += " " + entry.path + ": " + entry.reason + " " + std::to_string(entry.count) + "\n";
    }
  }
  return text;
}

void compare(const std::string& name, const std::string& recording) {
  INFO(name);
  const auto store = read_dump_text(recording, name);
  if (!store) return;  // damaged on purpose
  const AuditContext facts(test_schema(), *store);
  StoreIndex slow_index(facts);
  const std::string slow = text_of(judge_rules_one_by_one(rules(), facts, slow_index));
  const ShapeMatches matches(rules().patterns(), *store);
  for (const std::size_t threads : {1U, 2U, 8U}) {
    INFO(threads << " threads");
    StoreIndex index(facts);
    std::atomic<std::size_t> calls = 0;
    const JudgingWork work{threads, [&](std::size_t) { ++calls; }};
    CHECK(text_of(judge_rules(rules(), facts, index, matches, work)) == slow);
    CHECK(calls == rules().rules().size());
  }
}

std::vector<std::filesystem::path> recordings() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(XSAUDIT_SOURCE_DIR "/tests/dumps")) {
    if (entry.path().native().ends_with(".txt")) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("rules judged at once find in recordings what each finds alone") {
  const std::vector<std::filesystem::path> paths = recordings();
  REQUIRE(paths.size() > 20);
  for (const std::filesystem::path& path : paths) compare(path.filename(), content(path));
}

TEST_CASE("rules judged at once find in incomplete recordings what each finds alone") {
  for (const std::filesystem::path& path : recordings()) {
    std::string text = content(path);
    // Without the lines of some directories the recording is an excerpt.
    std::string left;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
      const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
      if (number % 7 != 3) left += text.substr(begin, end - begin);
      begin = end;
    }
    compare(path.filename(), left);
  }
}

TEST_CASE("rules judged at once find in hostile stores what each finds alone") {
  for (const HostileStore& made : hostile_stores()) {
    compare(std::string(made.quantity) + " " + made.content, made.recording(made.small / 4 + 1));
  }
}

TEST_CASE("a node matches a pattern as its path does") {
  std::vector<std::string> texts;
  for (const std::filesystem::path& path : recordings()) texts.push_back(content(path));
  for (const HostileStore& made : hostile_stores()) {
    texts.push_back(made.recording(made.small / 4 + 1));
  }
  for (const std::string& text : texts) {
    const auto store = read_dump_text(text, "store");
    if (!store) continue;
    const AuditContext facts(test_schema(), *store);
    StoreIndex index(facts);
    std::vector<Binding> of_node;
    std::vector<Binding> of_path;
    for (NodeId node = 0; node < store->size(); node += 3) {
      const std::string path = store->path(node);
      for (const Rule& rule : rules().rules()) {
        for (const auto& alternative : rule.program->match.alternatives) {
          const Pattern& pattern = alternative.pattern;
          const bool matches = pattern.matches(path, of_path);
          if (index.matches(pattern, node, of_node) != matches) FAIL(path + " " + pattern.text());
          for (std::size_t i = 0; matches && i < of_path.size(); ++i) {
            if (of_node[i].text != of_path[i].text || of_node[i].number != of_path[i].number) {
              FAIL(path + " " + pattern.text());
            }
          }
        }
      }
    }
  }
}

TEST_CASE("a pattern of all rules matches where it matches alone") {
  for (const std::filesystem::path& path : recordings()) {
    INFO(path);
    const auto store = read_dump_text(content(path), "store");
    if (!store) continue;
    const ShapeMatches matches(rules().patterns(), *store);
    if (!matches.complete()) continue;
    for (std::size_t rule = 0; rule < rules().rules().size(); ++rule) {
      const auto& alternatives = rules().rules()[rule].program->match.alternatives;
      for (std::size_t i = 0; i < alternatives.size(); ++i) {
        const Pattern& pattern = alternatives[i].pattern;
        INFO(pattern.text());
        std::vector<std::pair<NodeId, std::string>> alone;
        pattern.for_each(*store, {}, [&](NodeId node, const std::vector<Binding>& bindings) {
          std::string bound;
          for (const Binding& one : bindings) bound += std::string(one.text) + ";";
          alone.emplace_back(node, bound);
          return true;
        });
        std::vector<std::pair<NodeId, std::string>> together;
        std::vector<Binding> bindings;
        for (const NodeId top : matches.nodes(rules().patterns().shape(rule, i))) {
          if (!pattern.bind_at(*store, top, bindings)) continue;
          std::string bound;
          for (const Binding& one : bindings) bound += std::string(one.text) + ";";
          const NodeId end = pattern.deep() ? store->subtree_end(top) : top + 1;
          for (NodeId node = top; node < end; ++node) together.emplace_back(node, bound);
        }
        CHECK(together == alone);
      }
    }
  }
}

}  // namespace xsaudit
