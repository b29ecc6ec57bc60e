#include "store/escape.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

// What a reader would do to get the bytes back.
std::string unescape(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    switch (text.at(++i)) {
      case 'n': bytes += '\n'; break;
      case 'r': bytes += '\r'; break;
      case 't': bytes += '\t'; break;
      case '\\': bytes += '\\'; break;
      case 'x':
        bytes += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
        break;
      default: FAIL("unknown escape in " << text);
    }
  }
  return bytes;
}

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
    RC_ASSERT(unescape(text) == bytes);
  });
}

TEST_CASE("long bytes are shortened, and their length said") {
  CHECK(escape_shortened(std::string(200, 'a')) == std::string(200, 'a'));
  CHECK(escape_shortened(std::string(201, 'a')) == std::string(200, 'a') + "... (201 bytes)");
  CHECK(escape_shortened("\x01\x02\x03", 2) == "\\x01\\x02... (3 bytes)");
}

}  // namespace
}  // namespace xsaudit
