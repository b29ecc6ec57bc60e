#include "source/listing/listing_line.h"

#include <algorithm>
#include <cstring>

namespace xsaudit {
namespace {

constexpr std::size_t kTabWidth = 8;
constexpr std::string_view kValueStart = " = \"";
constexpr std::string_view kCutMark = "\\...";
constexpr std::string_view kFiltered = " = <filtered for security>";

bool in_permissions(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == ',' || c == 'n' || c == 'r' || c == 'w' ||
         c == 'b';
}

// Takes "(PERMS)" off the end of `line`; false if there is none.
bool take_permissions(std::string_view& line, std::string_view& list) {
  if (line.empty() || line.back() != ')') return false;
  std::size_t start = line.size() - 1;
  while (start > 0 && in_permissions(line[start - 1])) --start;
  if (start == 0 || line[start - 1] != '(' || start == line.size() - 1) return false;
  list = line.substr(start, line.size() - 1 - start);
  line.remove_suffix(line.size() - start + 1);
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// The client doubles a backslash of the value, so a mark after a single one is its own.
bool take_cut_mark(std::string_view& value) {
  if (!value.ends_with(kCutMark)) return false;
  const std::string_view before = value.substr(0, value.size() - kCutMark.size());
  const std::size_t other = before.find_last_not_of('\\');
  const std::size_t backslashes = before.size() - (other == std::string_view::npos ? 0 : other + 1);
  if (backslashes % 2 != 0) return false;
  value = before;
  return true;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kBlanks) == std::string_view::npos;
}

bool is_padding(std::string_view text) {
  return text.find_first_not_of(" .\t") == std::string_view::npos;
}

// The text after the quote before the value. A paste may have squeezed the padding of the line.
bool parse_value(std::string_view rest, ListingLine& out) {
  std::string_view node = rest.substr(0, rest.find_last_not_of(kBlanks) + 1);
  const bool listed = take_permissions(node, out.permission_list);
  if (listed) rest = node;
  const std::size_t quote = rest.rfind('"');
  if (quote == std::string_view::npos) return false;
  const std::string_view padding = rest.substr(quote + 1);
  out.value = rest.substr(0, quote);
  if (!is_padding(padding) || (padding.empty() ? listed : padding.front() == '.')) return false;
  // Two blanks show that the client truncated the value; otherwise the mark must show it.
  out.value_cut = (listed && padding.size() == 2 && take_suffix(out.value, kCutMark)) ||
                  take_cut_mark(out.value);
  out.only_blanks = is_blank(padding);
  if (listed) out.permissions = ListingLine::Permissions::listed;
  if (!listed && !padding.empty()) out.permissions = ListingLine::Permissions::refused;
  return true;
}

// The number of bytes of the escape at the start of `text` (a backslash), 0 if it is none that the
// client writes; `byte` is what it stands for.
std::size_t parse_escape(std::string_view text, char& byte) {
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto hex = [&](std::size_t i) -> int {
    const char c = at(i);
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  switch (at(1)) {
    case 'n': byte = '\n'; return 2;
    case 'r': byte = '\r'; return 2;
    case 't': byte = '\t'; return 2;
    case '\\': byte = '\\'; return 2;
    case '0':
      if (at(2) != '0' || at(3) < '0' || at(3) > '7') return 0;
      byte = static_cast<char>(at(3) - '0');
      return 4;
    case 'x':
      if (hex(2) < 0 || hex(3) < 0) return 0;
      byte = static_cast<char>(hex(2) * 16 + hex(3));
      return 4;
    default: return 0;
  }
}

bool printed_plainly(char c) { return c >= ' ' && c <= '~' && c != '\\'; }

}  // namespace

std::size_t indent_of(std::string_view line, std::size_t& bytes) {
  bytes = std::min(line.find_first_not_of(kBlanks), line.size());
  std::size_t columns = 0;
  for (const char c : line.substr(0, bytes)) {
    columns = c == '\t' ? (columns / kTabWidth + 1) * kTabWidth : columns + 1;
  }
  return columns;
}

bool is_permissions_tail(std::string_view line) {
  std::string_view list;
  return take_permissions(line, list) && is_padding(line);
}

ListingLine parse_listing_line(std::string_view line) {
  ListingLine out;
  std::size_t blanks = 0;
  out.indent = indent_of(line, blanks);
  const std::string_view whole = line;
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  if (line.empty()) {
    out.kind = ListingLine::Kind::blank;
    return out;
  }
  std::string_view rest = line.substr(blanks);
  out.path = rest.substr(0, rest.find(' '));
  if (out.path.size() == rest.size() && out.path.ends_with(':')) out.path.remove_suffix(1);
  rest.remove_prefix(out.path.size());
  if (out.path == "=" && out.indent > 0 && rest.starts_with(" \"")) {
    --out.indent;
    out.path = {};
    out.kind = ListingLine::Kind::nameless;
  } else if (out.path.empty() || rest.empty()) {
    out.path = {};
    if (blanks >= 2 && take_permissions(line, out.permission_list) && line.size() == blanks) {
      out.kind = ListingLine::Kind::permissions;
      out.permissions = ListingLine::Permissions::listed;
    }
  } else if (rest == ":" && line.size() == whole.size()) {  // "xenstore-ls: " begins a message
    out.kind = ListingLine::Kind::unreadable;
  } else if (rest == kFiltered) {
    out.kind = ListingLine::Kind::filtered;
  } else if (rest.starts_with(kValueStart)) {
    rest = whole.substr(blanks + out.path.size() + kValueStart.size());
    out.kind = parse_value(rest, out) ? ListingLine::Kind::node : ListingLine::Kind::unclosed;
  } else {
    out.path = {};
  }
  return out;
}

std::size_t unescape_value(std::string_view printed, std::string& room, std::string_view& value) {
  const auto odd = std::find_if_not(printed.begin(), printed.end(), printed_plainly);
  if (odd == printed.end()) {
    value = printed;
    return printed.size();
  }
  std::size_t at = static_cast<std::size_t>(odd - printed.begin());
  room.assign(printed.substr(0, at));
  while (at < printed.size()) {
    if (printed_plainly(printed[at])) {
      room += printed[at++];
      continue;
    }
    char byte = 0;
    const std::size_t length = printed[at] == '\\' ? parse_escape(printed.substr(at), byte) : 0;
    if (length == 0) return at;
    room += byte;
    at += length;
  }
  value = room;
  return printed.size();
}

}  // namespace xsaudit
