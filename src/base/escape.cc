#include "base/escape.h"

#include <cstdint>

namespace xsaudit {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string hex_byte(unsigned char byte) {
  static constexpr char kHex[] = "0123456789abcdef";
  return {kHex[byte >> 4], kHex[byte & 0xf]};
}

std::string escape(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\\': out += "\\\\"; break;
      default:
        if (byte >= 0x20 && byte < 0x7f) {
          out += c;
        } else {
          out += "\\x";
          out += hex_byte(byte);
        }
    }
  }
  return out;
}

bool unescape(std::string_view text, std::string& bytes) {
  bytes.clear();
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c < ' ' || c > '~') return false;
    if (c != '\\') {
      bytes += c;
      continue;
    }
    if (text.empty()) return false;
    const char kind = text.front();
    text.remove_prefix(1);
    switch (kind) {
      case 'n': bytes += '\n'; break;
      case 'r': bytes += '\r'; break;
      case 't': bytes += '\t'; break;
      case '\\': bytes += '\\'; break;
      case 'x': {
        const int high = text.size() < 2 ? -1 : hex_digit(text[0]);
        const int low = text.size() < 2 ? -1 : hex_digit(text[1]);
        if (high < 0 || low < 0) return false;
        bytes += static_cast<char>(high * 16 + low);
        text.remove_prefix(2);
        break;
      }
      default: return false;
    }
  }
  return true;
}

std::string visible(std::string_view text) {
  // Computed for every byte without branches, so that the compiler can vectorise the loop.
  unsigned char odd = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    odd |= static_cast<unsigned char>(((byte < 0x20) & (byte != '\n')) | (byte >= 0x7f));
  }
  if (odd == 0) return std::string(text);
  std::string out;
  std::size_t shown = 0;  // the start of the bytes that need no escape and are not in `out` yet
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text[at] == '\n' ? 1 : printable_utf8(text.substr(at));
    if (length > 0) {
      at += length;
      continue;
    }
    out += text.substr(shown, at - shown);
    out += escape(text.substr(at, 1));
    shown = ++at;
  }
  return out.append(text.substr(shown));
}

std::string escape_shortened(std::string_view bytes, std::size_t limit) {
  if (bytes.size() <= limit) return escape(bytes);
  return escape(bytes.substr(0, limit)) + "... (" + std::to_string(bytes.size()) + " bytes)";
}

std::string single_quoted(std::string_view text) { return "'" + escape_shortened(text, 60) + "'"; }

std::string double_quoted(std::string_view bytes, std::size_t limit) {
  return '"' + escape_shortened(bytes, limit) + '"';
}

namespace {

bool in(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

}  // namespace

std::size_t printable_utf8(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() >= ' ' && text.front() < 0x7f) return 1;
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t more = lead < 0x80   ? 0
                           : lead < 0xc2 ? 4
                           : lead < 0xe0 ? 1
                           : lead < 0xf0 ? 2
                           : lead < 0xf5 ? 3
                                         : 4;
  if (more > 3 || more >= text.size()) return 0;
  std::uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (code < kLeast[more] || code > 0x10ffff || in(code, 0xd800, 0xdfff)) return 0;
  if (code < 0x20 || in(code, 0x7f, 0x9f) || in(code, 0xfffe, 0xffff)) return 0;
  if (in(code, 0xfdd0, 0xfdef)) return 0;  // the Unicode Standard, 23.7: no characters
  // Unicode Standard Annex 9: explicit directional formatting; U+2028 and U+2029 end a line.
  if (in(code, 0x200e, 0x200f) || in(code, 0x2028, 0x202e) || in(code, 0x2066, 0x2069)) return 0;
  return more + 1;
}

}  // namespace xsaudit
