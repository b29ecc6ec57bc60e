// What documents mean, with all places: files whose outlines were written by the reader of YAML
// that this project had before it used yaml-cpp, and documents written at random in every style.
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <sstream>
#include <vector>

#include "base/escape.h"
#include "base/text_file.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

using Random = std::mt19937;

std::string without_file(const std::string& place) {
  return place.substr(place.find(".yaml:") + std::string_view(".yaml:").size());
}

// One line a value: its path of keys and indices, its kind, text and places; of a text those of its
// first, middle and last byte too.
void add_outline(const YamlValue& value, const std::string& path, bool places, std::string& out) {
  const std::string place = places ? " " + without_file(value.place()) : "";
  std::size_t index = 0;
  switch (value.kind()) {
    case YamlValue::Kind::null: out += path + " null\n"; break;
    case YamlValue::Kind::scalar:
      out += path + " '" + escape(value.text()) + "'" + place;
      if (places) out += ' ';
      for (const std::size_t at : {std::size_t{0}, value.text().size() / 2, value.text().size()}) {
        if (places) out += without_file(value.place_in(at)) + " ";
      }
      out += '\n';
      break;
    case YamlValue::Kind::list:
      out += path + " list" + place + "\n";
      for (const YamlValue& item : value.items()) {
        add_outline(item, path + std::to_string(index++) + "/", places, out);
      }
      break;
    case YamlValue::Kind::map:
      out += path + " map" + place + "\n";
      for (const auto& [key, member] : value.members()) {
        const std::string below = path + escape(key.text());
        if (places) out += below + " key " + without_file(key.place()) + "\n";
        add_outline(member, below + "/", places, out);
      }
      break;
  }
}

std::string outline(const YamlDocument& document, bool places) {
  std::string out;
  add_outline(document.root(), "/", places, out);
  return out;
}

TEST_CASE("files mean what the earlier reader took them for, with all places") {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(XSAUDIT_SOURCE_DIR "/tests/yaml/documents")) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    CAPTURE(entry.path());
    auto file = read_text_file(entry.path());
    const auto expected =
        read_text_file(std::filesystem::path(entry.path()).replace_extension("outline"));
    REQUIRE(file.ok());
    REQUIRE(expected.ok());
    const auto document = YamlDocument::parse(file->name, file->text);
    if (!document) FAIL(document.error().text());
    if (outline(*document, true) != expected->text) FAIL("another tree");
  }
  CHECK(files == 5);
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
  }
}

}  // namespace
}  // namespace xsaudit
