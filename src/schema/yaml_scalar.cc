#include "schema/yaml_scalar.h"

#include <string>
#include <vector>

namespace xsaudit {
namespace {

using Kind = YamlValue::Kind;

bool flow_indicator(char c) { return std::string_view(",[]{}").find(c) != std::string_view::npos; }

// One line break becomes a blank, of several the first goes.
void fold(std::string& text, std::size_t breaks) {
  if (breaks == 1) {
    text += ' ';
  } else {
    text.append(breaks - 1, '\n');
  }
}

// Over the end of the line and empty lines to the next byte that is no blank; how many ends there
// were.
std::size_t skip_line_ends(YamlCursor& cursor) {
  std::size_t breaks = 0;
  for (cursor.skip_blanks(); cursor.line_end() && !cursor.end(); cursor.skip_blanks()) {
    cursor.next_line();
    ++breaks;
  }
  return breaks;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

// What follows a backslash in double quotes.
void read_escape(YamlCursor& cursor, std::string& text) {
  constexpr std::string_view kLetters = "0abtnvfre\"/\\ \t";
  constexpr std::string_view kMeanings("\0\a\b\t\n\v\f\r\x1b\"/\\ \t", kLetters.size());
  const char letter = cursor.peek();
  if (const std::size_t index = kLetters.find(letter); index != kLetters.npos) {
    text += kMeanings[index];
    cursor.next();
    return;
  }
  const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  std::uint32_t code = 0;
  for (std::size_t i = 1; i <= digits; ++i) {
    const char c = cursor.peek(i);
    const std::size_t value =
        std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
    if (value == std::string_view::npos) return cursor.fail("an escape lacks hexadecimal digits");
    code = code << 4 | static_cast<std::uint32_t>(value);
  }
  if (digits == 0) return cursor.fail("unknown escape after '\\'", "a backslash is written \\\\");
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return cursor.fail("an escape that is no character");
  }
  append_utf8(text, code);
  cursor.next(digits + 1);
}

// What is between the lines of a folded block: a single break becomes a blank, but lines that are
// indented more keep theirs, on both sides.
std::string folded(const std::vector<std::string_view>& lines) {
  std::string text;
  std::size_t breaks = 0;
  bool first = true;
  bool deep_before = false;
  for (const std::string_view line : lines) {
    if (line.empty()) {
      ++breaks;
      continue;
    }
    const bool deep = line.front() == ' ' || line.front() == '\t';
    if (first) {
      text.append(breaks, '\n');
    } else if (deep || deep_before) {
      text.append(breaks + 1, '\n');
    } else {
      fold(text, breaks + 1);
    }
    text += line;
    breaks = 0;
    first = false;
    deep_before = deep;
  }
  return text;
}

}  // namespace

YamlNode read_plain_line(YamlCursor& cursor, bool in_flow) {
  YamlNode scalar = cursor.node(Kind::scalar);
  const std::string_view rest = cursor.rest_of_line();
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    const char c = rest[end];
    const char after = end + 1 < rest.size() ? rest[end + 1] : '\n';
    if (c == ':' && (YamlCursor::blank(after) || (in_flow && flow_indicator(after)))) break;
    if (c == '#' && end > 0 && YamlCursor::blank(rest[end - 1])) break;
    if (in_flow && flow_indicator(c)) break;
  }
  while (end > 0 && YamlCursor::blank(rest[end - 1])) --end;
  scalar.text = rest.substr(0, end);
  cursor.next(end);
  return scalar;
}

void read_plain_rest(YamlCursor& cursor, int parent, YamlNode& scalar) {
  while (true) {
    cursor.skip_blanks();
    if (!cursor.line_end()) return;  // a comment, which ends it
    YamlCursor ahead = cursor;
    const std::size_t breaks = skip_line_ends(ahead);
    if (ahead.end() || static_cast<int>(ahead.column()) <= parent || ahead.peek() == '#') return;
    cursor = ahead;
    if (!cursor.first_in_line() || cursor.failed()) return;
    const YamlNode line = read_plain_line(cursor, false);
    YamlCursor after = cursor;
    after.skip_blanks();
    if (after.peek() == ':') {
      return cursor.fail_at(line, "a key inside a text of several lines",
                            "indent it as its neighbours, or quote the text");
    }
    fold(scalar.text, breaks);
    scalar.text += line.text;
  }
}

void read_plain_rest_in_flow(YamlCursor& cursor, YamlNode& scalar) {
  while (true) {
    YamlCursor ahead = cursor;
    const std::size_t breaks = skip_line_ends(ahead);
    const char c = ahead.peek();
    if (breaks == 0 || ahead.end() || flow_indicator(c) || c == ':' || c == '#') return;
    cursor = ahead;
    fold(scalar.text, breaks);
    scalar.text += read_plain_line(cursor, true).text;
  }
}

YamlNode read_quoted(YamlCursor& cursor) {
  YamlNode scalar = cursor.node(Kind::scalar);
  const char quote = cursor.peek();
  std::string& text = scalar.text;
  std::size_t kept = 0;  // bytes that are no blanks before a line end
  cursor.next();
  while (true) {
    const char c = cursor.peek();
    if (cursor.line_end()) {
      if (cursor.end()) break;
      while (text.size() > kept && YamlCursor::blank(text.back())) text.pop_back();
      fold(text, skip_line_ends(cursor));
      kept = text.size();
    } else if (c == quote && quote == '\'' && cursor.peek(1) == quote) {
      text += c;
      cursor.next(2);
    } else if (c == quote) {
      cursor.next();
      return scalar;
    } else if (c == '\\' && quote == '"') {
      cursor.next();
      if (cursor.end()) break;
      if (cursor.line_end()) {  // the lines are one, without a blank between them
        text.append(skip_line_ends(cursor) - 1, '\n');
      } else {
        read_escape(cursor, text);
      }
      kept = text.size();
    } else {
      text += c;
      cursor.next();
    }
  }
  cursor.fail_at(scalar, "this quote is never closed");
  return scalar;
}

YamlNode read_block_scalar(YamlCursor& cursor, int parent) {
  YamlNode scalar = cursor.node(Kind::scalar);
  const bool literal = cursor.peek() == '|';
  char chomping = ' ';
  std::size_t indent = 0;  // 0: that of the first line
  for (cursor.next(); !YamlCursor::blank(cursor.peek()); cursor.next()) {
    const char c = cursor.peek();
    if (chomping == ' ' && (c == '+' || c == '-')) {
      chomping = c;
    } else if (indent == 0 && c >= '1' && c <= '9') {
      indent = static_cast<std::size_t>(std::max(parent, 0)) + static_cast<std::size_t>(c - '0');
    } else {
      cursor.fail("expected the end of the line", "a text in lines begins below its '|' or '>'");
      return scalar;
    }
  }
  cursor.skip_blanks();
  if (!cursor.line_end() && cursor.peek() != '#') {
    cursor.fail("expected the end of the line", "a text in lines begins below its '|' or '>'");
    return scalar;
  }

  std::vector<std::string_view> lines;
  std::size_t content = 0;  // lines up to the last that is not empty
  bool cut = false;         // whether the file ends in the last of them
  for (cursor.next_line(); !cursor.end(); cursor.next_line()) {
    const std::string_view line = cursor.rest_of_line();
    const std::size_t spaces = std::min(line.find_first_not_of(' '), line.size());
    const bool empty = spaces == line.size();
    if (!empty && indent == 0) {
      if (static_cast<int>(spaces) <= std::max(parent, 0)) break;
      indent = spaces;
    }
    if (!empty && spaces < indent) break;
    lines.push_back(indent == 0 || line.size() <= indent ? std::string_view()
                                                         : line.substr(indent));
    if (!lines.back().empty()) content = lines.size();
    cut = cursor.line_is_cut();
  }
  // Line ends behind the last line with content, of which one or all belong to the text.
  std::size_t ends = lines.size() - content;
  if (content > 0) ++ends;
  if (cut && ends > 0) --ends;
  lines.resize(content);
  if (literal) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) scalar.text += '\n';
      scalar.text += lines[i];
    }
  } else {
    scalar.text = folded(lines);
  }
  if (chomping == ' ') ends = std::min<std::size_t>(ends, content > 0);
  if (chomping != '-') scalar.text.append(ends, '\n');
  return scalar;
}

}  // namespace xsaudit
