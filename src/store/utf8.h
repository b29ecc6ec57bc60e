// UTF-8 that is safe to show. Stateless; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace xsaudit {

// Length in bytes of the character that `text` begins with, or 0 where that is none to be shown: no
// UTF-8 (RFC 3629: overlong forms, surrogates, beyond U+10FFFF), a control character, one that is
// not allowed in XML 1.0, or one that breaks a line or turns the direction of what follows.
std::size_t printable_utf8(std::string_view text);

}  // namespace xsaudit
