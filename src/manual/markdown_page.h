// A page of the manual from a page in Markdown, so that both say the same. Reads the part of
// Markdown that the project's pages consist of: headings, paragraphs, lists, tables, code, links.
// Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

namespace xsaudit {

struct PageTitle {
  std::string_view name;  // "xsaudit-rules"
  int section;
  std::string_view day;  // "2027-03-31"
  std::string_view purpose;
};

std::string markdown_page(const PageTitle& title, std::string_view markdown);

}  // namespace xsaudit
