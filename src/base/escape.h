// Makes bytes that a guest chose safe to print. Values and names come from the store as raw bytes;
// they may reach a terminal or a log only through one of these functions (each report format adds
// the escaping of its own language on top). Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xsaudit {

// Printable ASCII stays, a backslash is doubled, every other byte becomes \n, \r, \t or \xNN. The
// result is one line of printable ASCII and can be reversed without loss.
std::string escape(std::string_view bytes);

// The two hexadecimal digits of a byte.
std::string hex_byte(unsigned char byte);

// Reverses escape(). False if the text is not a result of escape().
bool unescape(std::string_view text, std::string& bytes);

// Text that a person wrote: newlines and characters that are safe to show (see below) stay, other
// bytes are written as by escape().
std::string visible(std::string_view text);

// Like escape(), for at most `limit` input bytes, followed by "… (N bytes)" in ASCII if the text
// was longer.
std::string escape_shortened(std::string_view bytes, std::size_t limit = 200);

// A short text of a file that a person wrote, for a message: in single quotes, escaped, at most 60
// bytes of it.
std::string single_quoted(std::string_view text);

// A text of a guest or a host, for a message: in double quotes, escaped, at most `limit` bytes of
// it.
std::string double_quoted(std::string_view bytes, std::size_t limit = 200);

// UTF-8 that is safe to show. Stateless; any thread.

// Length in bytes of the first character of `text`, or 0 if it is not safe to show: not UTF-8 (RFC
// 3629: overlong forms, surrogates, beyond U+10FFFF), a control character, a character that XML 1.0
// forbids, or one that breaks a line or changes the direction of the text after it.
std::size_t printable_utf8(std::string_view text);

}  // namespace xsaudit
