// manual_pages DIRECTORY RULES SCHEMA: writes the pages of the manual into DIRECTORY. RULES and
// SCHEMA are rules/README.md and schema/README.md. Run by the build.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "base/calendar.h"
#include "base/text_file.h"
#include "manual/command_page.h"
#include "manual/markdown_page.h"

namespace xsaudit {
namespace {

struct Page {
  std::string file;
  std::string text;
};

Status write_pages(const std::string& directory, const std::string& rules,
                   const std::string& schema) {
  XSAUDIT_ASSIGN(const auto now, current_time());
  const std::string day = day_text(std::chrono::floor<std::chrono::days>(now));
  XSAUDIT_ASSIGN(const auto rules_text, read_text_file(rules));
  XSAUDIT_ASSIGN(const auto schema_text, read_text_file(schema));
  std::vector<Page> pages = {
      {"xsaudit.1", program_page(day)},
      {"xsaudit-rules.5",
       markdown_page({"xsaudit-rules", 5, day, "the language of the rules of xsaudit"},
                     rules_text.text)},
      {"xsaudit-schema.5",
       markdown_page({"xsaudit-schema", 5, day, "the language of the schema of xsaudit"},
                     schema_text.text)}};
  for (const Command& command : commands()) {
    pages.push_back({std::string("xsaudit-") + command.name + ".1", command_page(command, day)});
  }
  for (const Page& page : pages) {
    std::ofstream out(directory + "/" + page.file);
    out << page.text;
    out.flush();
    if (!out) return Error{directory + "/" + page.file, "cannot be written", ""};
  }
  return ok();
}

}  // namespace
}  // namespace xsaudit

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: manual_pages DIRECTORY RULES SCHEMA\n";
    return 2;
  }
  std::error_code failed;
  std::filesystem::create_directories(argv[1], failed);
  const xsaudit::Status written = xsaudit::write_pages(argv[1], argv[2], argv[3]);
  if (written) return 0;
  std::cerr << written.error().text() << "\n";
  return 1;
}
