#include "source/listing/listing_line.h"

#include <catch2/catch.hpp>

#include <vector>

#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

using Kind = ListingLine::Kind;
using Shown = ListingLine::Permissions;

std::string unescaped(std::string_view printed) {
  std::string room;
  std::string_view value;
  REQUIRE(unescape_value(printed, room, value) == printed.size());
  return std::string(value);
}

std::size_t first_odd_byte(std::string_view printed) {
  std::string room;
  std::string_view value;
  return unescape_value(printed, room, value);
}

}  // namespace

TEST_CASE("a line with permissions is taken apart") {
  const auto line = parse_listing_line("/local/domain/1/name = \"alpha\"   (n0,r1)");
  CHECK(line.kind == Kind::node);
  CHECK(line.path == "/local/domain/1/name");
  CHECK(line.value == "alpha");
  CHECK(line.permissions == Shown::listed);
  CHECK(line.permission_list == "n0,r1");
  CHECK_FALSE(line.value_cut);
}

TEST_CASE("a line without permissions is taken apart") {
  const auto line = parse_listing_line("/tool = \"\"");
  CHECK(line.kind == Kind::node);
  CHECK(line.path == "/tool");
  CHECK(line.value.empty());
  CHECK(line.permissions == Shown::none);
}

TEST_CASE("a value ends at the last quote that can be the client's") {
  const auto value = [](std::string_view text) {
    const auto line = parse_listing_line(text);
    CHECK(line.kind == Kind::node);
    return line.value;
  };
  CHECK(value(R"_(/d/fake-perm = ""   (n0)"   (n6))_") == R"_("   (n0))_");
  CHECK(value(R"_(/d/fake = "x"   (n0)\n/libxl = "owned"   (b0)"   (n6))_") ==
        R"_(x"   (n0)\n/libxl = "owned"   (b0))_");
  CHECK(value(R"_(/d/quote = "say "hi" and more"   (n6,r32752))_") == R"_(say "hi" and more)_");
  CHECK(value(R"_(/d/equals = "a = "b""   (n6))_") == R"_(a = "b")_");
  // Without permissions of its own, a line ends with the client's quote.
  CHECK(value(R"_(/d/fake-perm = ""   (n0)"")_") == R"_("   (n0)")_");
  CHECK(value(R"_(/d/fake-perm = "(n0)")_") == "(n0)");
  CHECK(value(R"_(/d/blanks = "" ")_") == "\" ");
}

TEST_CASE("permissions that were refused leave a blank after the value") {
  const auto line = parse_listing_line("/a = \"v\" ");
  CHECK(line.kind == Kind::node);
  CHECK(line.value == "v");
  CHECK(line.permissions == Shown::refused);
}

TEST_CASE("the mark of a cut value is told from a value that ends like it") {
  const auto cut = parse_listing_line(R"_(/a = "long va\..."  (n0,r1))_");
  CHECK(cut.kind == Kind::node);
  CHECK(cut.value_cut);
  CHECK(cut.permission_list == "n0,r1");
  CHECK(parse_listing_line(R"_(/a = "long va\...")_").value_cut);
  CHECK_FALSE(parse_listing_line(R"_(/a = "dots\\...")_").value_cut);
  CHECK_FALSE(parse_listing_line(R"_(/a = "dots\\..."   (n0))_").value_cut);
  CHECK(parse_listing_line(R"_(/a = "dots\\\..."   (n0))_").value_cut);
  // Only a cut value has two blanks; an escape may have been cut in two.
  CHECK(parse_listing_line(R"_(/a = "half an escape\\..."  (n0))_").value_cut);
  CHECK_FALSE(parse_listing_line(R"_(/a = "not cut"  (n0))_").value_cut);
}

TEST_CASE("padding up to the permissions is none of the value's business") {
  const auto line = parse_listing_line(R"_(  0 = "a" . ." . . . . . . . .  (n0,r1))_");
  CHECK(line.kind == Kind::node);
  CHECK(line.indent == 2);
  CHECK(line.path == "0");
  CHECK(line.value == R"_(a" . .)_");
  CHECK(line.permission_list == "n0,r1");
  const auto refused = parse_listing_line(R"_(one = ""   (n0)" . . . . .)_");
  CHECK(refused.value == R"_("   (n0))_");
  CHECK(refused.permissions == Shown::refused);
  const auto blank = parse_listing_line(R"_(/a = "x"   (n0)   )_");
  CHECK(blank.permission_list == "n0");
  const auto squeezed = parse_listing_line(R"_(/a = "x" (n0))_");
  CHECK(squeezed.value == "x");
  CHECK(squeezed.permissions == Shown::listed);
}

TEST_CASE("tabs and blanks that an editor put around a line change nothing of it") {
  const auto tabs = parse_listing_line("\t  0 = \"a\tb\"\t(n0,r1)\t ");
  CHECK(tabs.kind == Kind::node);
  CHECK(tabs.indent == 10);
  CHECK(tabs.path == "0");
  CHECK(tabs.value == "a\tb");
  CHECK(tabs.permission_list == "n0,r1");
  CHECK(parse_listing_line("  \t0 = \"\"").indent == 8);
  const auto behind = parse_listing_line("/a = \"v\"\t");
  CHECK(behind.value == "v");
  CHECK(behind.only_blanks);
  CHECK_FALSE(parse_listing_line("/a = \"v\" . .").only_blanks);
  CHECK(parse_listing_line("/a = <filtered for security> ").kind == Kind::filtered);
}

TEST_CASE("a value that was taken out is told from one that says so") {
  CHECK(parse_listing_line("/a = <filtered for security>").kind == Kind::filtered);
  const auto said = parse_listing_line(R"_(/a = "<filtered for security>")_");
  CHECK(said.kind == Kind::node);
  CHECK(said.value == "<filtered for security>");
}

TEST_CASE("a value without its end is known for one") {
  for (const char* text : {"/a = \"", "/a = \"x", "/a = \"x\"   (n0", "/a = \"x\"   ()",
                           "/a = \"x\"(n0)", "/a = \"x\".", "/a = \"x\"   (n0) y"}) {
    CAPTURE(text);
    CHECK(parse_listing_line(text).kind == Kind::unclosed);
    CHECK(parse_listing_line(text).path == "/a");
  }
}

TEST_CASE("permissions alone are told from lines of a node") {
  for (const char* text : {"(n0)", "   (n0,r1)", " . . .  (b5)"}) {
    CAPTURE(text);
    CHECK(is_permissions_tail(text));
  }
  for (const char* text : {"", "x (n0)", "\"   (n0)", "  (n0) ", "  ()", "(x0)"}) {
    CAPTURE(text);
    CHECK_FALSE(is_permissions_tail(text));
  }
}

TEST_CASE("what is not a whole node is known for what it is") {
  for (const char* blank : {"", " ", " \t "}) CHECK(parse_listing_line(blank).kind == Kind::blank);
  const auto unreadable = parse_listing_line("/local/domain/5:");
  CHECK(unreadable.kind == Kind::unreadable);
  CHECK(unreadable.path == "/local/domain/5");
  const auto late = parse_listing_line("  (n5,r1)");
  CHECK(late.kind == Kind::permissions);
  CHECK(late.permission_list == "n5,r1");
  const auto indented = parse_listing_line("  three:");
  CHECK(indented.kind == Kind::unreadable);
  CHECK(indented.path == "three");
  CHECK(indented.indent == 2);
  for (const char* stray :
       {"x", "/", "/a", "/a = ", "/a = x", "/a=\"x\"", "(n0)", "/a: x", "  ()",
        "xenstore-ls: ", "xenstore-ls: xs_directory (/local/domain/5): Permission denied"}) {
    CAPTURE(stray);
    CHECK(parse_listing_line(stray).kind == Kind::stray);
  }
}

TEST_CASE("escapes are undone as the client makes them") {
  CHECK(unescaped(R"(a\nb\rc\td\\e)") == "a\nb\rc\td\\e");
  CHECK(unescaped(R"(be\000fore\000after)") == std::string("be\0fore\0after", 13));
  CHECK(unescaped(R"(\001\002\x1b[31mred\x1b[0m\x7f)") == "\x01\x02\x1b[31mred\x1b[0m\x7f");
  CHECK(unescaped(R"(na\xc3\xafve \xe2\x98\x83)") == "na\xc3\xafve \xe2\x98\x83");
  CHECK(unescaped(R"(c:\\dir\\new\n)") == "c:\\dir\\new\n");
}

TEST_CASE("what the client never writes is found where it stands") {
  CHECK(first_odd_byte(R"(ab\q)") == 2);
  CHECK(first_odd_byte(R"(ab\)") == 2);
  CHECK(first_odd_byte(R"(\x4)") == 0);
  CHECK(first_odd_byte(R"(\xFF)") == 0);
  CHECK(first_odd_byte(R"(1\01)") == 1);
  CHECK(first_odd_byte(R"(\018)") == 0);
  CHECK(first_odd_byte(R"(\101)") == 0);
  CHECK(first_odd_byte("x\ty") == 1);
  CHECK(first_odd_byte("caf\xc3\xa9") == 3);
  CHECK(first_odd_byte(std::string_view("\0", 1)) == 0);
}

TEST_CASE("every byte survives being printed and read") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value = {'a', static_cast<char>(byte), '7'};
    CHECK(unescaped(escaped_by_client(value)) == value);
  }
}

// All values of up to four pieces of what can confuse a reader, each printed in every form.
TEST_CASE("a value never changes how its line is understood") {
  const std::vector<std::string> pieces = {"\"",
                                           "\\",
                                           " ",
                                           "   (n0)",
                                           "  (",
                                           ")",
                                           "\n",
                                           "n0,r1",
                                           "...",
                                           "/a = \"",
                                           std::string("\0", 1),
                                           "\xff",
                                           "7"};
  std::vector<std::string> values = {""};
  for (std::size_t begin = 0, length = 0; length < 4; ++length) {
    const std::size_t end = values.size();
    for (std::size_t i = begin; i < end; ++i) {
      for (const std::string& piece : pieces) values.push_back(values[i] + piece);
    }
    begin = end;
  }
  for (const std::string& value : values) {
    const std::string start = "/a/b = \"" + escaped_by_client(value) + "\"";
    for (const std::string tail : {"", "   (n0)", "   (n12,b0,r32752)", " "}) {
      const std::string text = start + tail;
      const ListingLine line = parse_listing_line(text);
      std::string room;
      std::string_view read;
      const bool right = line.kind == Kind::node && line.path == "/a/b" && !line.value_cut &&
                         unescape_value(line.value, room, read) == line.value.size() &&
                         read == value;
      if (!right) FAIL_CHECK(text);
    }
  }
}

}  // namespace xsaudit
