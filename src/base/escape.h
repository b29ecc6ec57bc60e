// Making bytes that a guest chose safe to look at. Values and names come from the store as raw
// bytes; nothing of them may reach a terminal or a log but through one of these functions (each
// report format adds the escaping of its own language on top). Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xsaudit {

// Printable ASCII stays, a backslash is doubled, every other byte becomes \n, \r, \t or \xNN.
// The result is one line of printable ASCII and can be turned back without loss.
std::string escape(std::string_view bytes);

// The two digits of a byte.
std::string hex_byte(unsigned char byte);

// Undoes escape(). False where that has not written this.
bool unescape(std::string_view text, std::string& bytes);

// Text that a person wrote, of which only characters stay that are safe to show (utf8.h), and
// newlines: other bytes come out as escape() writes them.
std::string visible(std::string_view text);

// As escape(), at most `limit` input bytes, followed by "… (N bytes)" in ASCII when it was cut.
std::string escape_shortened(std::string_view bytes, std::size_t limit = 200);

// A short text of a file that a person wrote, for a message about it: in single quotes, escaped, at
// most 60 bytes of it.
std::string single_quoted(std::string_view text);

// What a guest or a host wrote, for a message: in double quotes, escaped, at most `limit` bytes of
// it.
std::string double_quoted(std::string_view bytes, std::size_t limit = 200);

// UTF-8 that is safe to show. Stateless; any thread.

// Length in bytes of the character that `text` begins with, or 0 where that is none to be shown: no
// UTF-8 (RFC 3629: overlong forms, surrogates, beyond U+10FFFF), a control character, one that is
// not allowed in XML 1.0, or one that breaks a line or turns the direction of what follows.
std::size_t printable_utf8(std::string_view text);

}  // namespace xsaudit
