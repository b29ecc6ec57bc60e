// The second look against a slow and obvious reference: every pair of small stores, so that each
// rule is violated, satisfied, unreadable or gone at each look, folded into another finding, silent
// because of another rule, or named by another one later.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "audit/store_text.h"

namespace xsaudit {
namespace {

// What /t/a and /t/a/b are: letters, each of which violates a rule; "?" if the value is unreadable,
// "-" if it is known that there is no such node, "" if even that is not known.
struct Small {
  std::string a;
  std::string b;
};

// The letters: s violates `settling` (high, or low with an l beside it), y `steady` (medium), which
// yields to `settling` at the same node, e `elsewhere` (low), which yields to `settling` at the
// node above.
const RuleSet& rules() {
  const auto rule = [](const std::string& id, const std::string& severity,
                       const std::string& letter, const std::string& more) {
    return rule_file(id, severity,
                     "match: [/t/$NAME, /t/$NAME/$BELOW]\nassert: \"!value.contains('" + letter +
                         "')\"\nmessage: it says {value}\n" + more);
  };
  static const RuleSet loaded = load({
      rule("settling", "high", "s",
           "transient: true\nreport: subtree\n"
           "severity_when: [{when: value.contains('l'), severity: low}]\n"),
      rule("steady", "medium", "y", "superseded_by: [settling]\n"),
      rule("elsewhere", "low", "e",
           "transient: true\nsuperseded_by: [{rule: settling, at: parent(node)}]\n"),
  });
  return loaded;
}

std::string line(int depth, const std::string& name, const std::string& value, bool all_children) {
  return std::to_string(depth) + " " + name + " n0 " + (all_children ? "." : "?unreadable") + " " +
         (value == "?" ? "?unreadable" : "=" + value) + "\n";
}

// In the form of xsaudit snapshot.
Snapshot store_of(const Small& small) {
  const bool a = small.a != "-" && !small.a.empty();
  const bool b = a && small.b != "-" && !small.b.empty();
  std::string text =
      "xsaudit snapshot 1\ndaemon xenstored\ncoverage whole\npermissions yes\nnodes " +
      std::to_string(2 + (a ? 1 : 0) + (b ? 1 : 0)) + "\n" + line(0, "/", "", true) +
      line(1, "t", "", !small.a.empty());
  if (a) text += line(2, "a", small.a, !small.b.empty());
  if (b) text += line(3, "b", small.b, true);
  auto store = read_dump_text(text + "end\n", "store");
  if (!store) FAIL(store.error().text() << "\n" << text);
  REQUIRE(store->info().gap_count == 0);
  return *std::move(store);
}

std::vector<Small> all_stores() {
  std::vector<Small> all = {{"-", "-"}, {"", ""}};
  for (const char* a : {".", "s", "sl", "y", "sy", "sly", "?"}) {
    for (const char* b : {".", "s", "y", "e", "sy", "se", "ye", "sye", "?", "-", ""}) {
      all.push_back({a, b});
    }
  }
  return all;
}

// The reference. A hit is a rule and a node: {'s', "/t/a"}.
using Key = std::pair<char, std::string>;
enum class State { violated, fine, unknown };

const std::string& value_at(const Small& small, const std::string& node) {
  return node == "/t/a" ? small.a : small.b;
}

State state(const Key& key, const Small& small) {
  const std::string& value = value_at(small, key.second);
  if (value.empty() || value == "?") return State::unknown;
  return value.find(key.first) != std::string::npos ? State::violated : State::fine;
}

bool settles(char rule) { return rule != 'y'; }

Severity severity(const Key& key, const Small& small) {
  if (key.first == 'y') return Severity::medium;
  if (key.first == 'e') return Severity::low;
  const bool low = value_at(small, key.second).find('l') != std::string::npos;
  return low ? Severity::low : Severity::high;
}

std::vector<Key> all_keys() {
  std::vector<Key> keys;
  for (const char rule : {'s', 'y', 'e'}) {
    for (const char* node : {"/t/a", "/t/a/b"}) keys.emplace_back(rule, node);
  }
  return keys;
}

bool yields(const Key& key, const Key& to) {
  if (to.first != 's') return false;
  if (key.first == 'y') return key.second == to.second;
  return key.first == 'e' && key.second == "/t/a/b" && to.second == "/t/a";
}

// The gravest that another rule now says of a hit of the first look, if one does.
std::optional<Severity> renamed(const Key& key, const Small& first, const Small& second) {
  static const std::vector<Key> keys = all_keys();
  std::optional<Severity> gravest;
  for (const Key& other : keys) {
    if (other.first == key.first || state(other, second) != State::violated) continue;
    if (state(other, first) == State::violated) continue;
    const bool same_node = other.second == key.second && settles(other.first);
    if (!same_node && !yields(key, other) && !yields(other, key)) continue;
    gravest = std::max(gravest.value_or(Severity::info), severity(other, second));
  }
  return gravest;
}

using Kept = std::map<Key, Severity>;

bool silent(const Key& key, const Kept& kept) {
  return std::any_of(kept.begin(), kept.end(), [&](const auto& other) {
    return yields(key, other.first) && other.second >= kept.at(key);
  });
}

Kept expected(const Small& first, const Small& second) {
  Kept before;
  for (const Key& key : all_keys()) {
    if (state(key, first) == State::violated) before.emplace(key, severity(key, first));
  }
  Kept kept;
  for (const auto& [key, was] : before) {
    const State now = state(key, second);
    if (!settles(key.first)) {
      if (now == State::fine && silent(key, before)) continue;
      kept.emplace(key, was);
      continue;
    }
    Severity least = was;
    if (now == State::violated) least = std::min(was, severity(key, second));
    if (now == State::fine) {
      const std::optional<Severity> now_called = renamed(key, first, second);
      if (!now_called) continue;
      least = std::min(was, *now_called);
    }
    kept.emplace(key, least);
  }
  Kept told;
  for (const auto& [key, least] : kept) {
    if (!silent(key, kept)) told.emplace(key, least);
  }
  return told;
}

Kept told_by_audit(const Small& first, const Small& second) {
  Auditor auditor(schema(), rules(), {});
  auditor.add("store", store_of(first), [&] { return Result<Snapshot>(store_of(second)); });
  const AuditResult result = std::move(auditor).finish();
  Kept told;
  for (const Finding& finding : result.findings) {
    const char rule = result.rules[finding.rule].id[0] == 'e'     ? 'e'
                      : result.rules[finding.rule].id == "steady" ? 'y'
                                                                  : 's';
    told.emplace(Key(rule, finding.path), finding.severity);
    for (const std::string& other : finding.samples) {
      told.emplace(Key(rule, other), finding.severity);
    }
  }
  return told;
}

std::string text_of(const Kept& kept) {
  std::string text;
  for (const auto& [key, severity] : kept) {
    text += std::string(1, key.first) + " " + key.second + " " + to_text(severity) + "; ";
  }
  return text;
}

TEST_CASE("what holds at both looks is told, what has passed is not, whatever else changes") {
  const std::vector<Small> stores = all_stores();
  std::size_t different = 0;
  for (const Small& first : stores) {
    for (const Small& second : stores) {
      const Kept told = told_by_audit(first, second);
      Kept wanted = expected(first, second);
      // One below the other is one finding, as grave as the one above.
      const Key above('s', "/t/a");
      const Key below('s', "/t/a/b");
      if (wanted.contains(above) && wanted.contains(below)) {
        wanted[below] = std::max(wanted[below], wanted[above]);
      }
      if (told == wanted) continue;
      ++different;
      UNSCOPED_INFO("'" << first.a << "' '" << first.b << "' then '" << second.a << "' '"
                        << second.b << "': told " << text_of(told) << "wanted " << text_of(wanted));
      REQUIRE(different < 5);
    }
  }
  CHECK(different == 0);
}

// Of the reference itself: what no rule about it could be without.
TEST_CASE(
    "the reference loses nothing that holds at both looks, and tells nothing that has passed") {
  for (const Small& first : all_stores()) {
    for (const Small& second : all_stores()) {
      const Kept told = expected(first, second);
      const auto least = [&](const Key& key) {
        return std::min(severity(key, first), severity(key, second));
      };
      for (const Key& key : all_keys()) {
        if (state(key, first) != State::violated) continue;
        if (state(key, second) == State::violated) {
          CHECK(std::any_of(told.begin(), told.end(), [&](const auto& one) {
            return (one.first == key || yields(key, one.first)) && one.second >= least(key);
          }));
        }
        const bool all_fine = std::none_of(
            value_at(second, key.second).begin(), value_at(second, key.second).end(),
            [](char letter) { return letter == 's' || letter == 'y' || letter == 'e'; });
        if (settles(key.first) && state(key, second) == State::fine && all_fine &&
            second.a.find('s') == std::string::npos && second.b.find('e') == std::string::npos) {
          CHECK_FALSE(told.contains(key));
        }
      }
    }
  }
}

}  // namespace
}  // namespace xsaudit
