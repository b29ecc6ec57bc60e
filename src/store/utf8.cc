#include "store/utf8.h"

#include <cstdint>

namespace xsaudit {
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
