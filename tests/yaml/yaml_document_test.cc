// YAML with places: what is read, what is refused, and where.
#include "yaml/yaml_document.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

YamlDocument read(std::string_view text) {
  auto document = YamlDocument::parse("f.yaml", std::string(text));
  if (!document) FAIL(document.error().text());
  return *std::move(document);
}

std::string refusal(std::string_view text) {
  auto document = YamlDocument::parse("f.yaml", std::string(text));
  return document ? "accepted" : document.error().text();
}

TEST_CASE("a document's values and their places") {
  const YamlDocument document = read(
      "title: plain text\n"
      "list:\n"
      "  - one\n"
      "  - 'two'\n"
      "map: {a: 1, \"b\": true}\n"
      "nothing:\n"
      "block: |\n"
      "  first\n"
      "    second\n"
      "folded: >\n"
      "  these are\n"
      "  one line\n");
  const YamlValue root = document.root();
  REQUIRE(root.is_map());
  CHECK(document.file() == "f.yaml");
  CHECK(root.place() == "f.yaml:1:1");
  CHECK(root.get("title").text() == "plain text");
  CHECK(root.get("title").place() == "f.yaml:1:8");
  REQUIRE(root.get("list").items().size() == 2);
  CHECK(root.get("list").items()[1].text() == "two");
  CHECK(root.get("list").items()[1].place() == "f.yaml:4:5");
  CHECK(root.get("map").get("a").as_integer().value() == 1);
  CHECK(root.get("map").get("b").as_bool().value());
  CHECK(root.get("nothing").exists());
  CHECK(root.get("nothing").kind() == YamlValue::Kind::null);
  CHECK(root.get("block").text() == "first\n  second\n");
  CHECK(root.get("folded").text() == "these are one line\n");

  const auto members = root.members();
  REQUIRE(members.size() == 6);
  CHECK(members[2].first.text() == "map");
  CHECK(members[2].first.place() == "f.yaml:5:1");

  CHECK_FALSE(root.get("absent").exists());
  CHECK(root.get("map").get("absent").place() == "f.yaml:5:6");
  CHECK(root.get("title").get("no map").kind() == YamlValue::Kind::null);
}

TEST_CASE("an empty document is null") {
  CHECK(read("").root().kind() == YamlValue::Kind::null);
  CHECK(read("# only a comment\n").root().kind() == YamlValue::Kind::null);
  CHECK(read("---\n").root().kind() == YamlValue::Kind::null);
}

TEST_CASE("a byte order mark and line ends of another system do not matter") {
  CHECK(read("\xef\xbb\xbf"
             "a: b\n")
            .root()
            .get("a")
            .place() == "f.yaml:1:4");
  const YamlDocument document = read("a: b\r\nc: |\r\n  x\r\n  yz\r\n");
  CHECK(document.root().get("a").text() == "b");
  CHECK(document.root().get("c").place_in(3) == "f.yaml:4:4");
}

TEST_CASE("conversions say what was expected") {
  const YamlDocument document = read("text: maybe\nlist: [a, [b]]\nnumber: 12x\nmap: {a: b}\n");
  const YamlValue root = document.root();
  CHECK(root.get("text").as_bool().error().text() ==
        "f.yaml:1:7: expected true or false, found 'maybe'");
  CHECK(root.get("number").as_integer().error().text() ==
        "f.yaml:3:9: expected a whole number, found '12x'");
  CHECK(root.get("list").as_text().error().text() == "f.yaml:2:7: expected a text, found a list");
  CHECK(root.get("list").as_strings().error().text() ==
        "f.yaml:2:11: expected a text, found a list");
  CHECK(root.get("map").as_strings().error().text() ==
        "f.yaml:4:6: expected a text or a list of texts, found a map");
  CHECK(root.require("title").error().text() == "f.yaml:1:1: 'title' is missing");
  CHECK(root.require("text")->text() == "maybe");
  CHECK(root.get("text").as_strings().value() == std::vector<std::string>{"maybe"});
  CHECK(read("n: -5").root().get("n").as_integer().value() == -5);
}

TEST_CASE("unknown keys are refused with a suggestion") {
  const YamlDocument document = read("title: a\nmesage: b\n");
  CHECK(document.root().only_keys({"title", "message", "match"}).error().text() ==
        "f.yaml:2:1: unknown key 'mesage' (did you mean 'message'?)");
  CHECK(document.root().only_keys({"title", "mesage"}).ok());
  CHECK(read("[a]").root().only_keys({"a"}).error().text() ==
        "f.yaml:1:1: expected a map, found a list");
}

TEST_CASE("did you mean") {
  CHECK(did_you_mean("mtach", {"match", "when"}) == "did you mean 'match'?");
  CHECK(did_you_mean("asert", {"assert", "message"}) == "did you mean 'assert'?");
  CHECK(did_you_mean("zebra", {"assert", "message"}).empty());
  CHECK(did_you_mean("x", {"y"}).empty());
  CHECK(did_you_mean(std::string(10'000, 'a'), {"a"}).empty());
}

TEST_CASE("a place inside a scalar") {
  const YamlDocument document = read(
      "plain: abc def\n"
      "single: 'it''s so'\n"
      "double: \"a\\\"b\"\n"
      "block: |\n"
      "  one\n"
      "\n"
      "    three\n"
      "folded: >\n"
      "  one\n"
      "  two\n"
      "unclear: \"a\\x41b\"\n"
      "lines: two\n"
      "  words\n"
      "last: |-\n"
      "   end");
  const YamlValue root = document.root();
  CHECK(root.get("plain").place_in(4) == "f.yaml:1:12");
  CHECK(root.get("plain").place_in(7) == "f.yaml:1:15");   // its end
  CHECK(root.get("plain").place_in(8) == "f.yaml:1:8");    // beyond it
  CHECK(root.get("single").place_in(2) == "f.yaml:2:12");  // the quote itself
  CHECK(root.get("single").place_in(3) == "f.yaml:2:14");
  CHECK(root.get("double").place_in(2) == "f.yaml:3:13");
  CHECK(root.get("block").place_in(0) == "f.yaml:5:3");
  CHECK(root.get("block").place_in(7) == "f.yaml:7:5");
  CHECK(root.get("block").place_in(9) == "f.yaml:7:7");
  CHECK(root.get("folded").place_in(4) == "f.yaml:8:9");     // of the scalar
  CHECK(root.get("unclear").place_in(2) == "f.yaml:11:10");  // of the scalar
  CHECK(root.get("lines").place_in(5) == "f.yaml:12:8");     // of the scalar
  CHECK(root.get("last").place_in(1) == "f.yaml:15:5");
}

TEST_CASE("what YAML allows and we do not is refused with its place") {
  CHECK(refusal("a: 1\nb: 2\na: 3\n") ==
        "f.yaml:3:1: the key 'a' is there twice (the first is in line 1)");
  CHECK(refusal("x: {b: 1, c: 2, b: 1}\n") ==
        "f.yaml:1:17: the key 'b' is there twice (the first is in line 1)");
  CHECK(refusal("x: &a 1\n") == "f.yaml:1:4: anchors (&name) are not allowed here");
  CHECK(refusal("x: &a [*a]\n") == "f.yaml:1:4: anchors (&name) are not allowed here");
  CHECK(refusal("x: *a\n").find("f.yaml:1:4: ") == 0);
  CHECK(refusal("x: !!str 1\n") == "f.yaml:1:4: tags (!name) are not allowed here");
  CHECK(refusal("a: 1\n---\nb: 2\n") == "f.yaml:2:1: a second document in one file");
  CHECK(refusal("? [a, b]\n: c\n") == "f.yaml:1:3: a key must be a text");
}

TEST_CASE("every scalar is a text, also what other readers take for null") {
  const YamlDocument document = read("~: 1\nnull: ~\nNull: [~, null]\n");
  CHECK(document.root().get("~").text() == "1");
  CHECK(document.root().get("null").text() == "~");
  CHECK(document.root().get("Null").as_strings().value() == std::vector<std::string>{"~", "null"});
}

TEST_CASE("what is no YAML is refused with the place and a reason") {
  CHECK(refusal("a: 'open\n") == "f.yaml:1:4: this quote is never closed");
  CHECK(refusal("a: \"open\\") == "f.yaml:1:4: this quote is never closed");
  CHECK(refusal("a: [1, 2\nb: 3\n") == "f.yaml:1:4: this bracket is never closed by ']'");
  CHECK(refusal("a: [1, 2\nb: [3]\n") ==
        "f.yaml:2:2: expected ',' or ']' (the bracket opens in line 1)");
  CHECK(refusal("a: [1, 2\n") == "f.yaml:1:4: this bracket is never closed by ']'");
  CHECK(refusal("a: {b: 1\n") == "f.yaml:1:4: this bracket is never closed by '}'");
  CHECK(refusal("a: b: c\n") ==
        "f.yaml:1:5: a map cannot begin in this line (put it below, or quote the text)");
  CHECK(refusal("a: - b\n") ==
        "f.yaml:1:4: a list cannot begin in this line (put it below, or in brackets)");
  CHECK(refusal("a: one\n  two: three\n") ==
        "f.yaml:2:6: a map cannot begin in this line (put it below, or quote the text)");
  CHECK(refusal("a:\n    b: 1\n  c: 2\n") ==
        "f.yaml:3:3: expected a key, or the end of the line (check its indentation)");
  CHECK(refusal("a: 1\nb\nc: 2\n") == "f.yaml:2:1: expected a key and ':'");
  CHECK(refusal("- a\nb: c\n") == "f.yaml:2:1: the indentation differs from the lines before");
  CHECK(refusal("a: b\n- c\n") ==
        "f.yaml:2:1: expected a key, or the end of the line (check its indentation)");
  CHECK(refusal("a: 'b' c\n").find("f.yaml:1:8: expected a key, or the end of the line") == 0);
  CHECK(refusal("a: [b] c\n").find("f.yaml:1:8: expected a key, or the end of the line") == 0);
  CHECK(refusal("a: |x\n  b\n") ==
        "f.yaml:1:5: expected the end of the line (a text in lines begins below its '|' or '>')");
  CHECK(refusal("a: @b\n") == "f.yaml:1:4: a text cannot begin with this character (quote it)");
  CHECK(refusal("a:\n\tb: c\n") == "f.yaml:2:1: a tab cannot indent (use blanks)");
  CHECK(refusal("a: \"\\q\"\n") ==
        "f.yaml:1:7: unknown escape after '\\' (a backslash is written \\\\)");
  CHECK(refusal("a: \"\\x4\"\n") == "f.yaml:1:9: an escape lacks hexadecimal digits");
  CHECK(refusal("a: \"\\ud800\"\n") == "f.yaml:1:11: an escape that is not a character");
  CHECK(refusal("[a]: b\n") == "f.yaml:1:1: a key must be a text");
  CHECK(refusal(": a\n") == "f.yaml:1:1: a key is missing before ':'");
}

TEST_CASE("a bracket or comma that begins a document is refused") {
  CHECK(refusal("]\n") == "f.yaml:1:1: this bracket closes nothing (quote it if it begins a text)");
  CHECK(refusal("}\n").find("f.yaml:1:1: this bracket closes nothing") == 0);
  CHECK(refusal(", a\n") == "f.yaml:1:1: a text cannot begin with ',' (quote it)");
  CHECK(refusal("a: 1\n]\n") != "accepted");
  CHECK(refusal("[a]]\n").find("f.yaml:1:4: this bracket closes nothing") == 0);
}

TEST_CASE("a word for null that is a key without a value is a text") {
  for (const char* text : {"a: l\nnull", "a: l\n~\n", "{a: l, null}", "{Null, a: l}"}) {
    CAPTURE(text);
    const YamlDocument document = read(text);
    REQUIRE(document.root().members().size() == 2);
    for (const auto& [key, value] : document.root().members()) {
      CHECK(key.is_scalar());
      CHECK((key.text() == "a" ? value.text() == "l" : value.kind() == YamlValue::Kind::null));
    }
  }
}

TEST_CASE("the words for null are texts, and an empty value before one is nothing") {
  const YamlDocument document = read("a:\n~: 1\nb: [~, ]\nc:\n- \n- null\n");
  CHECK(document.root().get("a").kind() == YamlValue::Kind::null);
  CHECK(document.root().get("a").place() == "f.yaml:1:1");
  CHECK(document.root().get("~").text() == "1");
  REQUIRE(document.root().get("b").items().size() == 1);
  CHECK(document.root().get("b").items()[0].text() == "~");
  REQUIRE(document.root().get("c").items().size() == 2);
  CHECK(document.root().get("c").items()[0].kind() == YamlValue::Kind::null);
  CHECK(document.root().get("c").items()[1].text() == "null");
}

TEST_CASE("the lines of a key at the left margin") {
  const YamlDocument document = read("a: 1\nb:\n  - x\n\n  - y\n# comment\nc: {d: e}");
  const auto members = document.root().members();
  CHECK(members[0].first.lines() == "a: 1\n");
  CHECK(members[1].first.lines() == "b:\n  - x\n\n  - y\n");
  CHECK(members[2].first.lines() == "c: {d: e}");
}

TEST_CASE("alias bombs and cycles cost nothing") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) bomb += (j > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(refusal(bomb) == "f.yaml:1:5: anchors (&name) are not allowed here");
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(refusal(nested(32)) == "accepted");
  CHECK(refusal(nested(33)) == "f.yaml:1:33: nested deeper than 32 levels");
  CHECK(refusal(nested(100'000)) == "f.yaml:1:33: nested deeper than 32 levels");
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refusal(deep) == "f.yaml:33:33: nested deeper than 32 levels");
}

TEST_CASE("binary files are refused") {
  using namespace std::string_literals;
  CHECK(refusal("a: b\nc: \x04"
                "d\n") == "f.yaml:2:4: not a text file: a control byte (YAML files are in UTF-8)");
  CHECK(refusal("a\0:\0 \0b\0"s).find("f.yaml:1:2: not a text file") == 0);
  CHECK(refusal("\xff\xfe"
                "a")
            .find("f.yaml:1:1: not a text file") == 0);
}

}  // namespace
}  // namespace xsaudit
