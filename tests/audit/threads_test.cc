// Several threads that audit at once with one Auditor, one schema and one set of rules. What they
// find is what one thread finds; ThreadSanitizer (the preset tsan) says whether they share anything
// that one of them writes.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "audit/store_text.h"

using namespace xsaudit;

namespace {

std::vector<std::string> recordings() {
  std::vector<std::string> texts;
  const std::string folder = XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored";
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().native().ends_with(".fp.txt")) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  paths.resize(std::min<std::size_t>(paths.size(), 12));
  for (const auto& path : paths) {
    std::ifstream file(path);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

std::vector<std::string> said(const SourceAudit& audit) {
  std::vector<std::string> all;
  for (const Finding& finding : audit.findings) {
    all.push_back(finding.fingerprint + " " + finding.message);
  }
  for (const UndecidedRule& entry : audit.not_evaluated) all.push_back(entry.reason);
  return all;
}

}  // namespace

TEST_CASE("threads that audit at the same time find what one thread finds") {
  const std::vector<std::string> texts = recordings();
  REQUIRE(texts.size() > 4);
  std::atomic<std::size_t> told = 0;
  AuditOptions options;
  options.work.on_progress = [&](std::size_t) { ++told; };
  const auto rules = RuleSet::load(embedded_rules(), schema());
  REQUIRE(rules.ok());
  const Auditor auditor(schema(), *rules, options);
  std::vector<std::vector<std::string>> alone;
  for (const std::string& text : texts) {
    alone.push_back(said(auditor.audit("store", read_dump_text(text, "store"))));
  }
  const std::size_t steps = told.exchange(0);

  std::vector<std::vector<std::string>> together(texts.size());
  std::vector<std::thread> threads;
  constexpr std::size_t kThreads = 4;
  for (std::size_t first = 0; first < kThreads; ++first) {
    threads.emplace_back([&, first] {
      for (std::size_t i = first; i < texts.size(); i += kThreads) {
        const auto store = read_dump_text(texts[i], "store");
        const auto again = [&] { return read_dump_text(texts[i], "store"); };
        together[i] = said(auditor.audit("store", store));
        static_cast<void>(auditor.audit("store", store, again));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(together == alone);
  CHECK(told == 2 * steps);
}

TEST_CASE("several threads that judge one store find what one thread finds") {
  const auto rules = RuleSet::load(embedded_rules(), schema());
  REQUIRE(rules.ok());
  for (const std::string& text : recordings()) {
    const auto store = read_dump_text(text, "store");
    const auto again = [&] { return read_dump_text(text, "store"); };
    std::vector<std::vector<std::string>> of_recording;
    std::vector<std::vector<std::string>> of_second_reading;
    for (const std::size_t threads : {1U, 2U, 8U}) {
      AuditOptions options;
      options.work.threads = threads;
      const Auditor auditor(schema(), *rules, options);
      of_recording.push_back(said(auditor.audit("store", store)));
      of_second_reading.push_back(said(auditor.audit("store", store, again)));
    }
    CHECK(of_recording[1] == of_recording[0]);
    CHECK(of_recording[2] == of_recording[0]);
    CHECK(of_second_reading[1] == of_second_reading[0]);
    CHECK(of_second_reading[2] == of_second_reading[0]);
  }
}

TEST_CASE("several threads that make more findings than one makes at a time make the same") {
  std::string text = kTop;
  for (int guest = 1; guest <= 60; ++guest) {
    const std::string domid = std::to_string(guest);
    text += guest_with_vif(domid, kUuid);
    for (int node = 0; node < 20; ++node) {
      text += "/local/domain/" + domid + "/data/" + std::to_string(node) + " = \"\"   (r" + domid +
              ")\n";
    }
  }
  const auto rules = RuleSet::load(embedded_rules(), schema());
  REQUIRE(rules.ok());
  const auto store = read_dump_text(text, "store");
  std::vector<std::vector<std::string>> all;
  for (const std::size_t threads : {1U, 2U, 8U}) {
    AuditOptions options;
    options.work.threads = threads;
    all.push_back(said(Auditor(schema(), *rules, options).audit("store", store)));
  }
  CHECK(all[0].size() > 1200);
  CHECK(all[1] == all[0]);
  CHECK(all[2] == all[0]);
}
