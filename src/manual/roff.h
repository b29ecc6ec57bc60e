// Writes a page of the manual in the language of man(7), as both groff and mandoc read it. A line
// of the output is one sentence or a part of one, so that no tool has to warn of long lines. A
// plain value; used by one thread.
#pragma once

#include <string>
#include <string_view>

namespace xsaudit {

// The text with all characters that roff would interpret, or replace by others, escaped.
std::string roff_escaped(std::string_view text);

std::string bold(std::string_view text);
std::string italic(std::string_view text);

class RoffPage {
 public:
  // `name` as "xsaudit-audit"; `day` as "2027-03-31"; `purpose` is one line.
  RoffPage(std::string_view name, int section, std::string_view day, std::string_view purpose);

  void section(std::string_view title);
  void subsection(std::string_view title);
  // These take text in the language of roff, as of the functions above.
  void paragraph(std::string_view text);
  void tagged(std::string_view tag, std::string_view text);
  void item(std::string_view mark, std::string_view text);
  // These take plain text.
  void example(std::string_view text);

  const std::string& text() const { return text_; }

 private:
  void request(std::string_view name, std::string_view arguments = {});
  void lines(std::string_view text);
  void begin_paragraph();

  std::string text_;
};

}  // namespace xsaudit
