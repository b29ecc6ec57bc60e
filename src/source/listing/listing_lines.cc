#include "source/listing/listing_lines.h"

#include <algorithm>

#include "source/listing/listing_line.h"

namespace xsaudit {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without(std::string_view text, std::string_view ending) {
  const std::size_t last = text.find_last_not_of(ending);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// RFC 2045 6.7. Text that is not an escape is kept unchanged.
void decode_into(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t escape = std::min(text.find('='), text.size());
    out += text.substr(0, escape);
    text.remove_prefix(escape);
    if (text.empty()) return;
    const int high = text.size() < 3 ? -1 : hex_digit(text[1]);
    const int low = text.size() < 3 ? -1 : hex_digit(text[2]);
    const bool escaped = high >= 0 && low >= 0;
    out += escaped ? static_cast<char>(high * 16 + low) : '=';
    text.remove_prefix(escaped ? 3 : 1);
  }
}

// "PATH =" without anything of the value.
bool ends_before_value(std::string_view line) {
  line = without(line, kBlanks);
  if (!line.ends_with(" =")) return false;
  line.remove_suffix(2);
  const std::size_t start = line.find_first_not_of(kBlanks);
  return start != std::string_view::npos && line.find_first_of(" \"", start) == line.npos;
}

// U+00A0, which a web page and some mail programs put in place of a blank. The client prints no
// byte above 126, so that outside the value it cannot be anything else.
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";

std::string with_blanks(std::string_view line) {
  const std::size_t value = std::min(line.find('"'), line.size());
  const std::size_t end = std::max(value, std::min(line.rfind('"'), line.size()));
  std::string out;
  std::size_t kept = 0;
  for (std::size_t at = line.find(kNoBreakSpace); at != line.npos;
       at = line.find(kNoBreakSpace, at + kNoBreakSpace.size())) {
    if (at >= value && at < end) continue;
    out.append(line, kept, at - kept);
    out += ' ';
    kept = at + kNoBreakSpace.size();
  }
  out.append(line, kept);
  return out;
}

}  // namespace

ListingLines::ListingLines(DumpInput& input) : input_(input) { look_at(input.head()); }

void ListingLines::look_at(std::string_view head) {
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    const std::size_t start = line.find_first_not_of("> \t");
    if (start == line.npos) continue;
    const std::string_view node = line.substr(start);
    const std::string_view behind = node.substr(std::min(node.find(' '), node.size()));
    const bool encoded = behind.starts_with(" =3D \"");
    if (!encoded && !behind.starts_with(" = \"") && !ends_before_value(without(node, "\r"))) {
      continue;
    }
    quoted_printable_ = encoded;
    const std::size_t last = line.substr(0, start).rfind('>');
    if (last != line.npos) quote_ = line.substr(0, last + (line[last + 1] == ' ' ? 2 : 1));
    return;
  }
}

bool ListingLines::next(std::string_view& line) {
  Raw raw;
  std::swap(raw, ahead_);
  if (!has_ahead_ && !next_raw(raw)) return false;
  has_ahead_ = false;
  line = raw.text;
  line_ = raw.line;
  line_ended_ = raw.ended;
  quoted_ = raw.quoted;
  as_recorded_.swap(raw.as_recorded);
  permissions_seen_ = permissions_seen_ || without(line, kBlanks).ends_with(')');
  if (!may_go_on(line)) return true;

  held_ = line;
  do {
    if (!next_raw(ahead_)) break;
    has_ahead_ = !join(ahead_.text);
    if (!has_ahead_) line_ended_ = ahead_.ended;
  } while (!has_ahead_ && may_go_on(held_));
  line = held_;
  return true;
}

bool ListingLines::next_raw(Raw& raw) {
  if (!input_.next_line(raw.text)) return false;
  raw.line = input_.line();
  raw.ended = input_.line_ended();
  raw.as_recorded = raw.text;
  if (raw.line == 1 && raw.text.starts_with(kByteOrderMark)) {
    raw.text.remove_prefix(kByteOrderMark.size());
  }
  if (raw.text.ends_with('\r')) raw.text.remove_suffix(1);
  if (quoted_printable_ && !decode(raw)) return false;
  if (raw.text.find(kNoBreakSpace) != raw.text.npos) {
    decoded_ = with_blanks(raw.text);
    raw.text = decoded_;
  }
  take_quote_off(raw);
  return true;
}

bool ListingLines::decode(Raw& raw) {
  decoded_.clear();
  std::string_view text = without(raw.text, " \t");
  while (text.ends_with('=') && decoded_.size() <= DumpInput::kMaxLineBytes) {
    text.remove_suffix(1);
    decode_into(text, decoded_);
    if (!input_.next_line(text)) {
      raw.ended = false;
      text = {};
      break;
    }
    raw.ended = input_.line_ended();
    text = without(text, " \t\r");
  }
  decode_into(text, decoded_);
  raw.text = decoded_;
  return input_.status().ok();
}

void ListingLines::take_quote_off(Raw& raw) const {
  if (quote_.empty()) return;
  raw.quoted = true;
  if (raw.text.starts_with(quote_)) {
    raw.text.remove_prefix(quote_.size());
  } else if (raw.text == without(quote_, " ")) {
    raw.text = {};
  } else {
    raw.quoted = false;
  }
}

// Most lines end with their permissions, or with a quote where none have permissions.
bool ListingLines::may_go_on(std::string_view line) const {
  if (line.empty() || line.size() > DumpInput::kMaxLineBytes) return false;
  switch (line.back()) {
    case ' ':
    case '\t':
    case '.':
    case '=': return true;
    case '"': return permissions_seen_;
    default: return false;
  }
}

bool ListingLines::join(std::string_view next) {
  next = without(next, kBlanks);
  next.remove_prefix(std::min(next.find_first_not_of(kBlanks), next.size()));
  if (next.starts_with('"') && ends_before_value(held_)) {
    held_.resize(without(held_, kBlanks).size());
    held_ += ' ';
    held_ += next;
    return true;
  }
  const std::string_view node = without(held_, " .\t");
  if (!node.ends_with('"') || !is_permissions_tail(next)) return false;
  held_.resize(node.size());
  held_ += "   ";
  held_ += next.substr(next.rfind('('));
  return true;
}

}  // namespace xsaudit
