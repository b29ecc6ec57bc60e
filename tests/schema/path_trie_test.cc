// The governing pattern of a path, compared with an obvious matcher that knows
// the precedence as a list of ranks.
#include "schema/path_trie.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "store/path.h"

namespace xsaudit {
namespace {

const VariableTypes kTypes = {{"D", VariableType::domid},
                              {"E", VariableType::domid},
                              {"N", VariableType::number},
                              {"M", VariableType::number},
                              {"U", VariableType::uuid}};

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) {
    auto pattern = Pattern::parse(text, kTypes);
    if (!pattern) FAIL(pattern.error().text());
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

PathTrie trie_of(const std::vector<Pattern>& patterns) {
  PathTrie trie;
  for (std::size_t i = 0; i < patterns.size(); ++i)
    trie.add(patterns[i], static_cast<PathTrie::Id>(i));
  return trie;
}

// The text of the governing pattern; "none".
std::string governing(const PathTrie& trie, const std::vector<Pattern>& patterns,
                      std::string_view path) {
  std::vector<Binding> bindings;
  const auto id =
      trie.match(path, [&](PathTrie::Id at) { return patterns[at].matches(path, bindings); });
  return id ? patterns[*id].text() : "none";
}

std::string governing(const std::vector<std::string>& texts, std::string_view path) {
  const std::vector<Pattern> patterns = patterns_of(texts);
  return governing(trie_of(patterns), patterns, path);
}

// "PATTERN and PATTERN", or "none".
std::string collision(const std::vector<std::string>& texts) {
  const auto both = trie_of(patterns_of(texts)).collision();
  return both ? texts[both->first] + " and " + texts[both->second] : "none";
}

TEST_CASE("each step of the precedence") {
  CHECK(governing({"/$X", "/a"}, "/a") == "/a");
  CHECK(governing({"/$X", "/a$X"}, "/ab") == "/a$X");
  CHECK(governing({"/a$X", "/ab$X"}, "/abc") == "/ab$X");
  CHECK(governing({"/a$X", "/a$X-b"}, "/ac-b") == "/a$X-b");
  CHECK(governing({"/a$X", "/a$N"}, "/a1") == "/a$N");
  CHECK(governing({"/a$X", "/$N"}, "/1") == "/$N");
  CHECK(governing({"/$X", "/$N"}, "/1") == "/$N");
  CHECK(governing({"/$X", "/$U"}, "/0f82d65c-305d-4002-b93c-984251a6c77b") == "/$U");
  CHECK(governing({"/*", "/$X"}, "/1") == "/$X");
  CHECK(governing({"/**", "/*"}, "/1") == "/*");
  CHECK(governing({"/**", "/"}, "/") == "/");
  CHECK(governing({"/a/**", "/a"}, "/a") == "/a");
  CHECK(governing({"/a/**", "/$X"}, "/a") == "/a/**");
}

TEST_CASE("patterns that differ in names of variables are one") {
  const std::vector<Pattern> patterns = patterns_of({"/a/$D", "/a/$E", "/a/$N", "/a/$D/**"});
  PathTrie trie;
  CHECK(trie.find_or_add(patterns[0], 0) == 0);
  CHECK(trie.find_or_add(patterns[1], 1) == 0);
  CHECK(trie.find_or_add(patterns[2], 2) == 2);
  CHECK(trie.find_or_add(patterns[3], 3) == 3);
}

TEST_CASE("components count from the left") {
  CHECK(governing({"/a/$X", "/$X/b"}, "/a/b") == "/a/$X");
  CHECK(governing({"/a/**", "/$X/b"}, "/a/b") == "/a/**");
  CHECK(governing({"/$X/b", "/$X/$Y"}, "/a/b") == "/$X/b");
}

TEST_CASE("a better beginning that leads nowhere is left again") {
  CHECK(governing({"/a/b/c", "/$X/b/d"}, "/a/b/d") == "/$X/b/d");
  CHECK(governing({"/a/$N/c", "/a/$X/d", "/**"}, "/a/1/d") == "/a/$X/d");
  CHECK(governing({"/a/$N/c", "/a/$X/d", "/**"}, "/a/1/e") == "/**");
  CHECK(governing({"/$X/p$X", "/$X/p$Y"}, "/a/pa") == "/$X/p$X");
  CHECK(governing({"/a$X/b$X", "/$X/$Y"}, "/a1/b2") == "/$X/$Y");
}

TEST_CASE("what nothing governs") {
  CHECK(governing({"/a/b"}, "/a") == "none");
  CHECK(governing({"/a/b"}, "/a/b/c") == "none");
  CHECK(governing({"/a"}, "/") == "none");
  CHECK(governing({"/$N"}, "/x") == "none");
  CHECK(governing({}, "/a") == "none");
  CHECK(governing({"/**"}, "no path") == "none");
  CHECK(governing({"/$X", "/*"}, "/a/") == "none");
  CHECK(governing({"/**"}, "/a/b/c") == "/**");
}

TEST_CASE("collisions") {
  CHECK(collision({"/a", "/a"}) == "/a and /a");
  CHECK(collision({"/$X/b", "/$Y/b"}) == "/$X/b and /$Y/b");
  CHECK(collision({"/$X/**", "/$Y/**"}) == "/$X/** and /$Y/**");
  CHECK(collision({"/$N", "/$D"}) != "none");
  CHECK(collision({"/$N/a", "/$D/b"}) == "none");
  CHECK(collision({"/$N/a", "/$D/$X"}) != "none");
  CHECK(collision({"/$N/**", "/$D/b/c"}) != "none");
  CHECK(collision({"/$N", "/$U"}) == "none");
  CHECK(collision({"/a$X", "/$X-b"}) == "none");  // "-b" is the longer of the two
  CHECK(collision({"/aa$X", "/$X-b"}) != "none");
  CHECK(collision({"/aa$X", "/ab$X"}) == "none");
  CHECK(collision({"/aa$X/1", "/$X-b/$N"}) != "none");
  CHECK(collision({"/aa$X/1", "/$X-b/2"}) == "none");
  CHECK(collision({"/a/$X", "/$X/b"}) == "none");
  CHECK(collision({"/a", "/a/**"}) == "none");
}

// The obvious reference: the rank of each component, compared from the left.
using Ranks = std::vector<std::vector<int>>;
Ranks ranks_of(const std::string& text) {
  Ranks ranks;
  for (const std::string_view part : path_names(text)) {
    const std::size_t dollar = part.find('$');
    if (part == "**") {
      ranks.push_back({6});
    } else if (part == "*") {
      ranks.push_back({5});
    } else if (dollar == std::string_view::npos) {
      ranks.push_back({1});
    } else {
      const bool name = part[dollar + 1] == 'X' || part[dollar + 1] == 'Y';
      const int fixed = static_cast<int>(part.size()) - 2;  // all variables here have one letter
      if (fixed > 0) {
        ranks.push_back({2, -fixed, name});
      } else {
        ranks.push_back({name ? 4 : 3});
      }
    }
  }
  if (!text.ends_with("**")) ranks.push_back({0});
  return ranks;
}

// Whether the first component in which they differ, but for names of variables,
// has one rank in both.
bool decided_by_nothing(std::string a, std::string b) {
  std::replace(a.begin(), a.end(), 'Y', 'X');
  std::replace(b.begin(), b.end(), 'Y', 'X');
  const auto parts_a = path_names(a);
  const auto parts_b = path_names(b);
  const Ranks ranks_a = ranks_of(a);
  const Ranks ranks_b = ranks_of(b);
  for (std::size_t i = 0; i < std::min(ranks_a.size(), ranks_b.size()); ++i) {
    const bool ends = i >= parts_a.size() || i >= parts_b.size();
    if (ends || parts_a[i] != parts_b[i]) return ranks_a[i] == ranks_b[i];
  }
  return true;
}

struct Space {
  std::vector<std::string> texts;
  std::vector<std::string> paths = {"/"};
};

// Every pattern and every path of at most two components from a few.
Space small_space() {
  const std::vector<std::string> parts = {"a",    "b",    "*",    "$X",    "$Y",
                                          "$N",   "$D",   "a$X",  "a$N",   "a$D",
                                          "$X-a", "$N-a", "aa$X", "a$X-a", "**"};
  const std::vector<std::string> names = {"a",  "b",   "1",   "40000", "a1",    "a40000",
                                          "aa", "aab", "1-a", "a1-a",  "aa1-a", "aab-a"};
  Space space;
  for (const std::string& one : parts) {
    space.texts.push_back("/" + one);
    for (const std::string& two : parts) {
      if (one != "**") space.texts.push_back("/" + one + "/" + two);
    }
  }
  for (const std::string& one : names) {
    space.paths.push_back("/" + one);
    for (const std::string& two : names) space.paths.push_back("/" + one + "/" + two);
  }
  return space;
}

TEST_CASE("every pair of small patterns collides exactly if some path says so") {
  const Space space = small_space();
  const std::vector<Pattern> patterns = patterns_of(space.texts);
  std::vector<std::vector<bool>> matches(patterns.size());
  std::vector<Binding> bindings;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    for (const std::string& path : space.paths) {
      // Whether a variable that appears twice is the same both times is no
      // business of the trie.
      std::string text = space.texts[i];
      for (const auto& [variable, other] : {std::pair("$X", "$Z"), std::pair("$Y", "$Z"),
                                            std::pair("$N", "$M"), std::pair("$D", "$E")}) {
        const std::size_t last = text.rfind(variable);
        if (last != text.find(variable)) text.replace(last, 2, other);
      }
      matches[i].push_back(Pattern::parse(text, kTypes)->matches(path, bindings));
    }
  }
  std::size_t collisions = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    for (std::size_t j = i + 1; j < patterns.size(); ++j) {
      bool expected = false;
      if (decided_by_nothing(space.texts[i], space.texts[j])) {
        for (std::size_t p = 0; p < space.paths.size() && !expected; ++p) {
          expected = matches[i][p] && matches[j][p];
        }
      }
      collisions += expected;
      PathTrie trie;
      trie.add(patterns[i], 0);
      trie.add(patterns[j], 1);
      if (trie.collision().has_value() != expected) FAIL(space.texts[i] + " and " + space.texts[j]);
    }
  }
  CHECK(collisions > 100);
}

TEST_CASE("the governing pattern of every small path, for random sets of patterns") {
  const Space space = small_space();
  const std::vector<Pattern> all = patterns_of(space.texts);
  std::vector<Binding> bindings;
  std::mt19937 random(7);
  std::size_t governed = 0;
  for (int round = 0; round < 400; ++round) {
    // As many patterns as can be had without a collision.
    std::vector<std::size_t> chosen;
    std::vector<Pattern> patterns;
    const std::size_t tries = 2 + random() % 30;
    for (std::size_t i = 0; i < tries; ++i) {
      const std::size_t next = random() % all.size();
      patterns.push_back(all[next]);
      chosen.push_back(next);
      if (trie_of(patterns).collision()) {
        patterns.pop_back();
        chosen.pop_back();
      }
    }
    const PathTrie trie = trie_of(patterns);
    for (const std::string& path : space.paths) {
      std::string best = "none";
      for (const std::size_t at : chosen) {
        if (!all[at].matches(path, bindings)) continue;
        if (best == "none" || ranks_of(space.texts[at]) < ranks_of(best)) best = space.texts[at];
      }
      governed += best != "none";
      if (governing(trie, patterns, path) != best) {
        FAIL(path + " is governed by " + best + ", not by " + governing(trie, patterns, path));
      }
    }
  }
  CHECK(governed > 10'000);
}

}  // namespace
}  // namespace xsaudit
