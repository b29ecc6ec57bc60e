// Parses one line of the output of `xenstore-ls` (xen.git tools/xenstore xenstore_client.c do_ls):
//
//   PATH = "VALUE"                  -f
//   PATH = "VALUE"   (PERMS)        -fp
//    NAME = "VALUE"                 neither; a blank a level before the name
//    NAME = "VALUE" . . .   (PERMS) -p; blanks and dots up to a column
//   PATH = "VALUE" . .              -p and -fp, permissions refused: the padding, then nothing
//   PATH = "VALU\..."               cut at a terminal's width; then two blanks before (PERMS)
//   PATH = "VALU..."                the same by old clients
//   PATH:                           not read; -p puts "  (PERMS)" on the next line
//   PATH = <filtered for security>  xen-bugtool's, in place of a value
//
// Quotes in a value are not escaped and guests choose values, so a value ends at the last quote
// that the format allows: text inside it never counts. Stateless; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xsaudit {

// Characters that editors and mail programs use instead of blanks.
inline constexpr std::string_view kBlanks = " \t";

struct ListingLine {
  enum class Kind : std::uint8_t {
    node,         // path and value
    unreadable,   // path alone
    filtered,     // path, and a value that was taken out
    unclosed,     // path, and a value without its end
    nameless,     // a value alone
    permissions,  // permissions alone, of the unreadable node before
    blank,
    stray,  // not a line that the client prints for a node
  };
  enum class Permissions : std::uint8_t { none, listed, refused };

  Kind kind = Kind::stray;
  std::size_t indent = 0;  // columns before the path; a tab goes on to the next multiple of eight
  std::string_view path;   // or name; not checked
  std::string_view value;  // as printed, with its escapes
  bool value_cut = false;  // `value` is only its beginning
  Permissions permissions = Permissions::none;
  std::string_view permission_list;  // "n0,r1"; not checked
  // Only blanks follow the value or its permissions. If no permissions are listed, the client was
  // refused them, or an editor left blanks at the ends of lines.
  bool only_blanks = true;
};

// The number of columns of the blanks and tabs at the start of the line; `bytes` is their number.
std::size_t indent_of(std::string_view line, std::size_t& bytes);

// Whether this is a permission list in parentheses after padding only: the end of a line that mail
// has wrapped before "(PERMS)".
bool is_permissions_tail(std::string_view line);

// Views into `line`, which has no newline.
ListingLine parse_listing_line(std::string_view line);

// Reverses the client's escapes (tools/xenstore xs_lib.c sanitise_value): \n \r \t \\, three octal
// digits below 010, else \xNN in lower case. `value` gets the bytes, a view of `printed` itself
// without escapes and of `room` otherwise. Returns printed.size(), or the offset of the first byte
// that the client cannot have written.
std::size_t unescape_value(std::string_view printed, std::string& room, std::string_view& value);

}  // namespace xsaudit
