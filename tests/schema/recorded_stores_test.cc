// The schema beside stores recorded on real hosts: it knows every node of them, and what it says of
// their values is so.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

#include "base/escape.h"
#include "schema/schema.h"
#include "schema_support.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

Snapshot recorded(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  auto store = read_dump_text(text.str(), name);
  if (!store) FAIL(store.error().text());
  return *std::move(store);
}

TEST_CASE("every node of a healthy store is described, and has a value of its type") {
  auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  for (const char* name :
       {"cxenstored-00-dom0-only.fp.txt", "cxenstored-01-2pv-vif-vbd.fp.txt",
        "cxenstored-18-renamed-memset-vcpuset-cpupool.fp.txt",
        "cxenstored-71-driver-domain-serving.fp.txt", "cxenstored-93-hvm-up.fp.txt",
        "cxenstored-95-paused-kvkb.fp.txt", "cxenstored-97-hvm-dm-restrict.fp.txt",
        "oxenstored-01-2pv-vif-vbd.fp.txt"}) {
    const Snapshot store = recorded(name);
    REQUIRE(store.size() > 10);
    for (NodeId node = 0; node < store.size(); ++node) {
      const std::string path = store.path(node);
      const Schema::Match match = schema->match(path);
      CAPTURE(name, path);
      REQUIRE(match.entry != nullptr);
      if (store.value_unknown(node) != UnknownReason::known) continue;  // of "/"
      const std::string_view value = store.value(node);
      const auto lookup = [&](std::string_view variable) {
        const int index = match.pattern->variable(variable);
        return match.bindings[static_cast<std::size_t>(index)].text;
      };
      INFO("should be " << match.entry->type.expected() << ", is " << escape(value));
      CHECK(match.entry->type.accepts(value, lookup));
    }
  }
}

// A file of patterns, each with two blanks and an explanation behind it.
std::vector<std::pair<Pattern, std::string>> explained(const Schema& schema,
                                                       const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/" + name);
  REQUIRE(file);
  std::vector<std::pair<Pattern, std::string>> reasons;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blanks = line.find("  ");
    REQUIRE(blanks != std::string::npos);
    auto patterns = Pattern::expand(line.substr(0, blanks), schema.variables());
    if (!patterns) FAIL(patterns.error().text());
    for (Pattern& pattern : *patterns) {
      reasons.emplace_back(std::move(pattern), line.substr(blanks + 2));
    }
  }
  return reasons;
}

// Each write of xenopsd, of its scripts and of its guests in the store that is laid out as XCP-ng
// 8.3 has it has its place named, and no place is named that is not in the store.
TEST_CASE("every write of the XCP-ng store is named with its place, and described") {
  const auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  const auto writes = explained(*schema, "dumps/profiles/xcpng83.writes.txt");
  const Snapshot store = recorded("profiles/xcpng83.fp.txt");
  std::vector<bool> used(writes.size());
  for (NodeId node = 1; node < store.size(); ++node) {
    const std::string path = store.path(node);
    CAPTURE(path);
    CHECK(schema->match(path).entry != nullptr);
    std::vector<Binding> bindings;
    const auto place = std::find_if(writes.begin(), writes.end(), [&](const auto& one) {
      return one.first.matches(path, bindings);
    });
    // What has children and no value is there with them.
    if (place == writes.end()) {
      CHECK((store.first_child(node) != kNoNode && store.value(node).empty()));
    } else {
      used[static_cast<std::size_t>(place - writes.begin())] = true;
    }
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    INFO(writes[i].first.text() << "  " << writes[i].second);
    CHECK(used[i]);
  }
}

TEST_CASE("what xenopsd writes at other times is described for its hosts") {
  const auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/profiles/xenopsd.writes.txt");
  REQUIRE(file);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    CAPTURE(line);
    const Schema::Match match = schema->match(line.substr(0, line.find("  ")));
    REQUIRE(match.entry != nullptr);
    const auto* const forms = match.entry->forms("xenopsd");
    REQUIRE(forms != nullptr);
    CHECK_FALSE(forms->empty());
  }
}

// Stores as others published them are not part of the project; where they lie beside it, what the
// schema does not know of them has a reason.
TEST_CASE("what is not described of published stores is explained") {
  const std::filesystem::path directory = XSAUDIT_SOURCE_DIR "/../shared/dumps/public";
  if (!std::filesystem::is_directory(directory)) {
    std::cout << "published stores: not there, not looked at\n";
    return;
  }
  const auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  const auto reasons = explained(*schema, "schema/public_not_governed.txt");
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(directory)) files.push_back(file);
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    const auto store = read_dump_text(text.str(), file.string());
    std::cout << file.filename().string() << ": ";
    if (!store) {
      std::cout << "no recording of a store\n";
      continue;
    }
    std::size_t governed = 0;
    std::map<std::string, std::size_t> others;
    for (NodeId node = 0; node < store->size(); ++node) {
      const std::string path = store->path(node);
      if (schema->match(path).entry != nullptr) {
        ++governed;
        continue;
      }
      std::vector<Binding> bindings;
      const auto reason = std::find_if(reasons.begin(), reasons.end(), [&](const auto& one) {
        return one.first.matches(path, bindings);
      });
      if (reason == reasons.end() && store->info().coverage != Coverage::whole) {
        ++others["an excerpt, whose place in the store is not known"];
        continue;
      }
      INFO(file.string() << ": " << path);
      CHECK(reason != reasons.end());
      if (reason != reasons.end()) ++others[reason->second];
    }
    std::cout << governed << " of " << store->size() << " nodes described\n";
    for (const auto& [reason, count] : others) {
      std::cout << "    " << count << " not: " << reason << "\n";
    }
  }
}

}  // namespace
}  // namespace xsaudit
