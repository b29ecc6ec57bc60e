#include "base/escape.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

TEST_CASE("printable ASCII stays as it is, and nothing else does") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    const bool stays = byte >= ' ' && byte <= '~' && byte != '\\';
    INFO(byte);
    CHECK((escape(one) == one) == stays);
  }
}

TEST_CASE("escapes are those of C") {
  CHECK(escape("a\nb\rc\td\\e") == "a\\nb\\rc\\td\\\\e");
  CHECK(escape(std::string_view("\0\x1b[31m\x7f\xff", 8)) == "\\x00\\x1b[31m\\x7f\\xff");
  CHECK(escape("\"quotes\" 'stay'") == "\"quotes\" 'stay'");
  CHECK(escape("").empty());
}

TEST_CASE("escaped text is one line of printable ASCII that gives the bytes back") {
  rc::prop("for any bytes", [](const std::string& bytes) {
    const std::string text = escape(bytes);
    for (const char c : text) RC_ASSERT(c >= ' ' && c <= '~');
    std::string back;
    RC_ASSERT(unescape(text, back));
    RC_ASSERT(back == bytes);
  });
}

TEST_CASE("only what escape() writes is turned back") {
  std::string bytes;
  for (const char* text : {"\\", "\\x1", "\\x1G", "\\xAB", "\\q", "\t", "\x7f", "gr\xc3\xbc"}) {
    INFO(text);
    CHECK_FALSE(unescape(text, bytes));
  }
  REQUIRE(unescape("\\x1b[0m\\n\\\\", bytes));
  CHECK(bytes == "\x1b[0m\n\\");
}

TEST_CASE("text of people stays readable, and nothing in it acts") {
  CHECK(visible("gr\xc3\xbc\xc3\x9f, \xe2\x80\xa6 \xf0\x9f\x90\x8e\nnext") ==
        "gr\xc3\xbc\xc3\x9f, \xe2\x80\xa6 \xf0\x9f\x90\x8e\nnext");
  CHECK(visible("C:\\dir") == "C:\\dir");
  // A control character of each set, a lone byte, an overlong form, a surrogate.
  CHECK(visible("\x1b[2J\r\t") == "\\x1b[2J\\r\\t");
  CHECK(visible("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(visible("\xff\xc3") == "\\xff\\xc3");
  CHECK(visible("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  // What XML forbids, a line separator, an override of direction.
  CHECK(visible("\xef\xbf\xbf") == "\\xef\\xbf\\xbf");
  CHECK(visible("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");
  CHECK(visible("\xe2\x80\xae") == "\\xe2\\x80\\xae");
}

TEST_CASE("long bytes are shortened, and their length said") {
  CHECK(escape_shortened(std::string(200, 'a')) == std::string(200, 'a'));
  CHECK(escape_shortened(std::string(201, 'a')) == std::string(200, 'a') + "... (201 bytes)");
  CHECK(escape_shortened("\x01\x02\x03", 2) == "\\x01\\x02... (3 bytes)");
}

}  // namespace
}  // namespace xsaudit
