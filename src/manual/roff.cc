#include "manual/roff.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace xsaudit {
namespace {

constexpr std::size_t kMaxLine = 78;

// The code point at the beginning of a text in UTF-8, and its length.
std::pair<unsigned, std::size_t> code_point(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  unsigned point = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < std::min(size, text.size()); ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  }
  return {point, std::min(size, text.size())};
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace

std::string roff_escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const auto [point, size] = code_point(text.substr(i));
      std::array<char, 16> named{};
      (void)std::snprintf(named.data(), named.size(), "\\[u%04X]", point);
      out += named.data();
      i += size;
      continue;
    }
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      case '"': out += "\\(dq"; break;
      default: out += c;
    }
    ++i;
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff_escaped(text) + "\\fR"; }

std::string italic(std::string_view text) { return "\\fI" + roff_escaped(text) + "\\fR"; }

RoffPage::RoffPage(std::string_view name, int section_number, std::string_view day,
                   std::string_view purpose) {
  text_ = ".\\\" Made by src/manual.\n";
  request("TH", roff_escaped(upper(name)) + " " + std::to_string(section_number) + " " +
                    std::string(day) + " \"xsaudit " XSAUDIT_VERSION "\"");
  section("Name");
  lines(roff_escaped(name) + " \\- " + roff_escaped(purpose));
}

void RoffPage::section(std::string_view title) {
  request("SH", "\"" + roff_escaped(upper(title)) + "\"");
}

void RoffPage::subsection(std::string_view title) {
  request("SS", "\"" + roff_escaped(title) + "\"");
}

void RoffPage::paragraph(std::string_view text) {
  begin_paragraph();
  lines(text);
}

void RoffPage::tagged(std::string_view tag, std::string_view text) {
  request("TP");
  text_.append(tag).append("\n");
  lines(text);
}

void RoffPage::item(std::string_view mark, std::string_view text) {
  request("IP", std::string(mark) + " 4");
  lines(text);
}

void RoffPage::example(std::string_view text) {
  begin_paragraph();
  request("RS", "4");
  request("nf");
  while (text.ends_with('\n')) text.remove_suffix(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = roff_escaped(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('.')) text_ += "\\&";
    text_.append(line).append("\n");
  }
  request("fi");
  request("RE");
}

// A heading begins one, and mandoc warns of another.
void RoffPage::begin_paragraph() {
  const std::size_t last = text_.rfind('\n', text_.size() - 2);
  const std::string_view line = std::string_view(text_).substr(last + 1);
  if (!line.starts_with(".SH") && !line.starts_with(".SS")) request("PP");
}

void RoffPage::request(std::string_view name, std::string_view arguments) {
  text_.append(".").append(name);
  if (!arguments.empty()) text_.append(" ").append(arguments);
  text_ += '\n';
}

// Words are separated by blanks and newlines. A sentence begins a line.
void RoffPage::lines(std::string_view text) {
  std::string line;
  const auto end_line = [&] {
    if (line.empty()) return;
    if (line.front() == '.') text_ += "\\&";
    text_.append(line).append("\n");
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!line.empty() && line.size() + 1 + word.size() > kMaxLine) end_line();
    if (!line.empty()) line += ' ';
    line.append(word);
    if (word.ends_with('.') || word.ends_with('?') || word.ends_with(".)")) end_line();
  }
  end_line();
}

}  // namespace xsaudit
