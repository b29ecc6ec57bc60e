// Our reader of YAML against yaml-cpp: on the project's own files, on documents written down at
// random in every style, and on texts that were spoilt. yaml-cpp is only asked about what ours
// accepts: there are texts that it never returns from.
#include "yaml_reference.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "schema/text_file.h"

namespace xsaudit {
namespace {

using Random = std::mt19937;

TEST_CASE("the project's own files, with all places") {
  for (const char* directory : {XSAUDIT_SOURCE_DIR "/schema", XSAUDIT_SOURCE_DIR "/rules"}) {
    const auto files = read_yaml_directory(directory);
    REQUIRE(files.ok());
    for (const TextFile& file : *files) {
      CAPTURE(file.name);
      const auto document = YamlDocument::parse(file.name, file.text);
      REQUIRE(document.ok());
      const auto expected = reference_outline(file.text, true);
      REQUIRE(expected);
      if (outline(*document, true) != *expected) FAIL("another tree");
    }
  }
}

// Everything that ours reads, in one text.
constexpr const char* kEverything = R"(# a comment
folded: >-
  one
  two

  three
    deep
  back


kept: |+
  x

   y

clipped: |  # a comment
  z
indented: |2
    two more
double: "q \x41\u00e9\\
  \
   z

   w\t"
single: 'it''s
  so'
plain: goes
  on

  here # a comment
"quoted key": 1
list:
- 1
- - 2
  - 3
-
  flow: [a, {c: d, e: },
   f g
   h, ]
- k: v
  l: |
   t
-
- {"a":1, 'b': [2]}
empty:
tilde: ~/device/$KIND/{a,b}
url: http://a:b#c
last: -1
)";

TEST_CASE("one text with everything in it") {
  const auto document = YamlDocument::parse("f.yaml", kEverything);
  if (!document) FAIL(document.error().text());
  CHECK(outline(*document, true) == reference_outline(kEverything, true));
  CHECK(document->root().get("double").text() == "q A\xc3\xa9\\ z\nw\t");
  CHECK(document->root().get("indented").text() == "  two more\n");
  CHECK(document->root().get("plain").text() == "goes on\nhere");
  CHECK(document->root().get("url").text() == "http://a:b#c");
}

std::string pick(Random& random, const std::vector<std::string>& from) {
  return from[random() % from.size()];
}

// A text written in a style that can hold it, for a value whose lines are indented by `indent`.
std::string write_scalar(Random& random, const std::string& text, std::size_t indent, bool key) {
  const std::string pad(indent, ' ');
  const bool lines = text.find('\n') != std::string::npos;
  const bool plain = !lines && text.find_first_of("'\"\\#:[]{},&*!|>%@`-?~ ") == text.npos;
  switch (random() % (key ? 3 : 5)) {
    case 0:
      if (plain && !text.empty()) return text;
      [[fallthrough]];
    case 1: {
      std::string out = "\"";
      for (const char c : text) {
        out += c == '"' || c == '\\' ? std::string("\\") + c
               : c == '\n'           ? "\\n"
                                     : std::string(1, c);
      }
      return out + "\"";
    }
    case 2:
      if (!lines) {
        std::string out = "'";
        for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
        return out + "'";
      }
      return write_scalar(random, text, indent, key);
    default: {
      // A block: only for texts of lines that are not empty and do not begin with a blank.
      if (text.empty() || text.front() == '\n' || text.front() == ' ' ||
          text.find("\n ") != text.npos || text.ends_with('\n') || text.ends_with(' ')) {
        return write_scalar(random, text, indent, key);
      }
      const bool folded = text.find("\n\n") == text.npos && random() % 2 == 0;
      std::string out = folded ? ">-\n" + pad : "|-\n" + pad;
      for (const char c : text) {
        out += c;
        if (c == '\n') out += (folded ? "\n" : "") + pad;
      }
      return out;
    }
  }
}

const std::vector<std::string> kTexts = {
    "a",   "b",   "two words", "it's",    "say \"x\"", "back\\",    "",        "# no", "k: v",
    "- x", "[1]", "{a}",       "~/vm",    "n0,r1",     "one\ntwo",  "1\n2\n3", "x:y",  "\xc3\xa9",
    "&a",  "*a",  "a #b",      "a: b\nc", "'",         "trailing:", "a\n\nb"};

// A random node as text, and its outline as `path` should have it. `begin` is what stands before
// it.
std::string write_node(Random& random, const std::string& path, std::size_t indent, int depth,
                       std::string& expected) {
  const std::string pad(indent, ' ');
  const std::size_t kind = depth > 3 ? 0 : random() % 4;
  const auto noise = [&] {
    return pick(random, {"", "", "", "\n", "  # a comment\n", "\n# another: one\n\n"});
  };
  if (kind < 2) {
    const std::string text = pick(random, kTexts);
    expected += path + " '";
    for (const char c : text) {
      expected += c == '\n'     ? "\\n"
                  : c == '\\'   ? "\\\\"
                  : c == '\xc3' ? "\\xc3"
                  : c == '\xa9' ? "\\xa9"
                                : std::string(1, c);
    }
    expected += "'\n";
    return " " + write_scalar(random, text, indent + 1, false) + "\n";
  }
  const std::size_t count = 1 + random() % 4;
  expected += path + (kind == 2 ? " list\n" : " map\n");
  std::string out = "\n";
  for (std::size_t i = 0; i < count; ++i) {
    out += noise();
    if (kind == 2) {
      out += pad + "-" +
             write_node(random, path + std::to_string(i) + "/", indent + 2, depth + 1, expected);
      continue;
    }
    const std::string key = pick(random, {"k", "key ", "a b"}) + std::to_string(i);
    out += pad + write_scalar(random, key, indent, true) + ":" +
           write_node(random, path + key + "/", indent + 2, depth + 1, expected);
  }
  return out;
}

TEST_CASE("random documents in random styles mean what they were made of") {
  Random random(11);
  for (int round = 0; round < 2'000; ++round) {
    std::string expected;
    const std::string text = write_node(random, "/", 0, 0, expected);
    CAPTURE(text);
    const auto document = YamlDocument::parse("f.yaml", text);
    if (!document) FAIL(document.error().text());
    REQUIRE(outline(*document, false) == expected);
    REQUIRE(reference_outline(text, false) == expected);
  }
}

TEST_CASE("of spoilt texts, what ours accepts yaml-cpp reads alike or refuses") {
  const std::string everything = kEverything;
  const std::string alphabet = " \n\n  :-#'\"[]{},|>a1~\t\\&*!";
  Random random(5);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    if (random() % 4 == 0) {
      for (std::size_t size = random() % 30; size > 0; --size)
        text += alphabet[random() % alphabet.size()];
    } else {
      std::size_t begin = everything.rfind('\n', random() % everything.size());
      begin = begin == everything.npos ? 0 : begin + 1;
      std::size_t end = begin;
      for (std::size_t lines = 1 + random() % 8; lines > 0 && end < everything.size(); --lines) {
        end = everything.find('\n', end) + 1;
      }
      text = everything.substr(begin, end - begin);
      for (std::size_t edits = random() % 3; edits > 0 && !text.empty(); --edits) {
        const std::size_t at = random() % text.size();
        switch (random() % 3) {
          case 0: text.erase(at, 1 + random() % 3); break;
          case 1: text.insert(at, 1, alphabet[random() % alphabet.size()]); break;
          default: text[at] = alphabet[random() % alphabet.size()];
        }
      }
    }
    const auto document = YamlDocument::parse("f.yaml", text);
    if (!document) continue;
    ++accepted;
    const auto expected = reference_outline(text, false);
    if (!expected) {
      ++refused;
      continue;
    }
    CAPTURE(text);
    REQUIRE(outline(*document, false) == *expected);
  }
  CHECK(accepted > 5'000);
  CHECK(refused < accepted / 100);
}

}  // namespace
}  // namespace xsaudit
