#include "manual/markdown_page.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "manual/roff.h"

namespace xsaudit {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A link to another page of the repository is a reference to the page of the manual made of it.
std::string link(const std::string& text, std::string_view target) {
  if (target.ends_with("schema/README.md")) return bold("xsaudit-schema") + "(5)";
  if (target.ends_with("rules/README.md")) return bold("xsaudit-rules") + "(5)";
  if (!target.starts_with("http")) return text;
  return text + " <" + roff_escaped(target) + ">";
}

// Code, links, bold and italic text within a line.
std::string inline_roff(std::string_view text) {
  std::string out;
  std::string plain;
  const auto flush = [&] {
    out += roff_escaped(plain);
    plain.clear();
  };
  // Takes the text up to `end` from behind the next `skip` characters; nothing if it does not end.
  const auto take = [&](std::size_t skip, std::string_view end) -> std::optional<std::string_view> {
    const std::size_t found = text.find(end, skip);
    if (found == std::string_view::npos || found == skip) return std::nullopt;
    const std::string_view inside = text.substr(skip, found - skip);
    text.remove_prefix(found + end.size());
    flush();
    return inside;
  };
  while (!text.empty()) {
    if (text.starts_with("`` ")) {
      if (const auto code = take(3, " ``")) {
        out += bold(*code);
        continue;
      }
    } else if (text.starts_with('`')) {
      if (const auto code = take(1, "`")) {
        out += bold(*code);
        continue;
      }
    } else if (text.starts_with("**")) {
      if (const auto words = take(2, "**")) {
        out += bold(*words);
        continue;
      }
    } else if (text.starts_with('*')) {
      if (const auto words = take(1, "*")) {
        out += italic(*words);
        continue;
      }
    } else if (text.starts_with('[') && text.find("](") < text.find(']') + 1) {
      if (const auto words = take(1, "](")) {
        const std::size_t end = std::min(text.find(')'), text.size());
        out += link(inline_roff(*words), text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        continue;
      }
    } else if (text.starts_with("\\|")) {
      text.remove_prefix(1);
    }
    plain += text.front();
    text.remove_prefix(1);
  }
  flush();
  return out;
}

// The cells of "| a | b |". "\|" and a bar in code do not end a cell.
std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> out;
  line = trimmed(line);
  line.remove_prefix(1);
  std::size_t begin = 0;
  bool code = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '`') code = !code;
    if (line[i] != '|' || code || (i > 0 && line[i - 1] == '\\')) continue;
    out.push_back(trimmed(line.substr(begin, i - begin)));
    begin = i + 1;
  }
  return out;
}

class Converter {
 public:
  Converter(const PageTitle& title, std::string_view markdown)
      : page_(title.name, title.section, title.day, title.purpose) {
    while (!markdown.empty()) {
      const std::size_t end = std::min(markdown.find('\n'), markdown.size());
      lines_.push_back(markdown.substr(0, end));
      markdown.remove_prefix(std::min(end + 1, markdown.size()));
    }
    // Its title is the name of the page.
    if (!lines_.empty() && lines_.front().starts_with("# ")) at_ = 1;
  }

  std::string run() && {
    page_.section("Description");
    while (at_ < lines_.size()) block();
    return page_.text();
  }

 private:
  std::string_view line() const { return at_ < lines_.size() ? lines_[at_] : std::string_view(); }

  void block() {
    const std::string_view here = line();
    if (here.empty()) {
      ++at_;
    } else if (here.starts_with("## ")) {
      page_.section(here.substr(3));
      ++at_;
    } else if (here.starts_with("### ")) {
      page_.subsection(here.substr(4));
      ++at_;
    } else if (here.starts_with("```")) {
      fence();
    } else if (here.starts_with("    ")) {
      code();
    } else if (here.starts_with('|')) {
      table();
    } else if (const std::size_t mark = mark_size(here); mark > 0) {
      item(mark);
    } else {
      page_.paragraph(inline_roff(joined_lines(0)));
    }
  }

  // "- " or "1. "; 0 if the line is not an item of a list.
  static std::size_t mark_size(std::string_view text) {
    if (text.starts_with("- ")) return 2;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    return digits > 0 && text.substr(digits).starts_with(". ") ? digits + 2 : 0;
  }

  // The lines up to the next block, as one. `indent`: of all but the first.
  std::string joined_lines(std::size_t indent) {
    std::string text;
    for (bool first = true; at_ < lines_.size(); ++at_, first = false) {
      std::string_view here = line();
      if (here.empty()) break;
      if (!first && (here.starts_with('#') || here.starts_with('|') || here.starts_with("```") ||
                     mark_size(here) > 0)) {
        break;
      }
      if (!first && here.size() > indent) here = trimmed(here);
      text.append(text.empty() ? "" : " ").append(here);
    }
    return text;
  }

  void item(std::size_t mark) {
    std::string text = joined_lines(mark);
    const std::string name = text.front() == '-' ? "\\(bu" : text.substr(0, mark - 1);
    page_.item(name, inline_roff(std::string_view(text).substr(mark)));
  }

  void fence() {
    std::string text;
    for (++at_; at_ < lines_.size() && !line().starts_with("```"); ++at_) {
      text.append(line()).append("\n");
    }
    ++at_;
    page_.example(text);
  }

  void code() {
    std::string text;
    for (; at_ < lines_.size() && (line().starts_with("    ") || line().empty()); ++at_) {
      text.append(line().substr(std::min<std::size_t>(4, line().size()))).append("\n");
    }
    page_.example(text);
  }

  // A row is an item: the first cell is its name, the last its text, those between in parentheses.
  void table() {
    for (std::size_t row = 0; line().starts_with('|'); ++at_, ++row) {
      if (row < 2) continue;  // the heads of the columns, and the line below them
      const std::vector<std::string_view> row_cells = cells(line());
      if (row_cells.empty()) continue;
      std::string name = inline_roff(row_cells.front());
      for (std::size_t i = 1; i + 1 < row_cells.size(); ++i) {
        if (!row_cells[i].empty()) name += " (" + inline_roff(row_cells[i]) + ")";
      }
      page_.tagged(name, row_cells.size() > 1 ? inline_roff(row_cells.back()) : std::string());
    }
  }

  RoffPage page_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
};

}  // namespace

std::string markdown_page(const PageTitle& title, std::string_view markdown) {
  return Converter(title, markdown).run();
}

}  // namespace xsaudit
