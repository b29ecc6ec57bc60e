// The texts that an administrator reads are plain sentences, as far as a machine can check it:
// rules, schema, help pages, and the messages of the program. prose_faults.txt lists the phrases to
// avoid.
#include <re2/re2.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

constexpr std::size_t kLongestTitle = 70;

struct Fault {
  std::unique_ptr<re2::RE2> phrase;
  std::string instead;
};

std::vector<Fault> faults() {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/rules/prose_faults.txt");
  REQUIRE(file);
  std::vector<Fault> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t arrow = line.find(" => ");
    REQUIRE(arrow != std::string::npos);
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    all.push_back(
        {std::make_unique<re2::RE2>(line.substr(0, arrow), options), line.substr(arrow + 4)});
    INFO(line);
    REQUIRE(all.back().phrase->ok());
  }
  REQUIRE_FALSE(all.empty());
  return all;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The files of a folder of the project: name and text.
std::map<std::string, std::string> yaml_files(const std::string& folder) {
  std::map<std::string, std::string> files;
  const std::string directory = XSAUDIT_SOURCE_DIR "/" + folder;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[folder + "/" + entry.path().filename().string()] = {std::istreambuf_iterator<char>(file),
                                                              {}};
  }
  REQUIRE_FALSE(files.empty());
  return files;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The help pages, from the cases of tests/cli, which compare them with what the program prints.
std::map<std::string, std::string> help_pages() {
  std::map<std::string, std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(XSAUDIT_SOURCE_DIR "/tests/cli")) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("help") || entry.path().extension() != ".txt") continue;
    const std::string text = text_of(entry.path());
    const std::size_t begin = text.find("=== stdout\n");
    INFO(name);
    REQUIRE(begin != std::string::npos);
    pages[name] = text.substr(begin + 11);
  }
  REQUIRE(pages.size() >= 9);
  return pages;
}

struct HelpEntry {
  std::string name;  // "--fail-on SEVERITY:{…}=low", "DUMP ..."
  std::string text;
  bool positional = false;
};

// The options and positional arguments on a page. Their texts begin in the column of the text of
// --help, on the line of the name or on the next.
std::vector<HelpEntry> help_entries(const std::string& page) {
  constexpr std::size_t kColumn = 30;
  std::vector<HelpEntry> entries;
  bool positional = false;
  for (const std::string& line : lines_of(page)) {
    if (!line.starts_with("  ")) {
      positional = line == "Positionals:";
      continue;
    }
    if (line[2] != ' ') {
      if (line[2] != '-' && !positional) continue;
      const std::size_t end = line.find("  ", 2);
      entries.push_back({line.substr(2, std::min(end, line.size()) - 2), "", positional});
      if (line.size() > kColumn && line[kColumn - 1] == ' ')
        entries.back().text = line.substr(kColumn);
    } else if (!entries.empty() && line.size() > kColumn &&
               line.find_first_not_of(' ') == kColumn) {
      entries.back().text += " " + line.substr(kColumn);
    }
  }
  return entries;
}

std::string first_word(const std::string& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, std::min(text.find(' ', begin), text.size()) - begin);
}

// An option's text is an imperative, or a noun phrase for a value that has a default.
bool is_plain_help(const HelpEntry& entry) {
  static const std::set<std::string> verbs = {"Print", "assume", "colour", "do",       "examine",
                                              "exit",  "keep",   "lock",   "log",      "place",
                                              "print", "read",   "record", "re-check", "report",
                                              "show",  "switch", "treat",  "use",      "write"};
  static const re2::RE2 clause(R"(^\s*(for|how|if|what|when|where|whether|which|who|whose)\b)");
  if (entry.text.empty() || re2::RE2::PartialMatch(entry.text, clause)) return false;
  return entry.positional || entry.name.find('=') != std::string::npos ||
         verbs.contains(first_word(entry.text));
}

// The line up to a "//" that is in no string.
std::string without_comment(const std::string& line) {
  bool in_string = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && line.compare(i, 2, "//") == 0) {
      return line.substr(0, i);
    }
  }
  return line;
}

// The string literals of a source, of two words or more. Comments and includes are left out.
std::vector<std::string> literals_of(const std::string& source) {
  static const re2::RE2 literal(R"re("((?:[^"\\]|\\.)*)")re");
  static const re2::RE2 include(R"(^\s*#include)");
  std::vector<std::string> literals;
  for (std::string line : lines_of(source)) {
    if (re2::RE2::PartialMatch(line, include)) continue;
    line = without_comment(line);
    re2::StringPiece rest(line);
    for (std::string text; re2::RE2::FindAndConsume(&rest, literal, &text);) {
      if (text.find_first_not_of(' ') != std::string::npos &&
          text.find(' ', text.find_first_not_of(' ')) < text.find_last_not_of(' ')) {
        literals.push_back(text);
      }
    }
  }
  return literals;
}

// A line without indentation, the mark of a comment or of a list, and a key.
std::string bare(const std::string& line) {
  static const re2::RE2 front(R"(^\s*(# |- )?\s*([a-z_]+: )?[">|-]*)");
  std::string rest = line;
  re2::RE2::Replace(&rest, front, "");
  return rest;
}

// The lines as paragraphs: a key, an item of a list, and a comment after something else begin one.
std::vector<std::string> paragraphs_of(const std::vector<std::string>& lines) {
  static const re2::RE2 begins(R"(^\s*(- |[a-z_]+:( |$))|^\s*$)");
  static const re2::RE2 comment(R"(^\s*#)");
  std::vector<std::string> paragraphs;
  bool was_comment = false;
  for (const std::string& line : lines) {
    const bool is_comment = re2::RE2::PartialMatch(line, comment);
    if (paragraphs.empty() || is_comment != was_comment || re2::RE2::PartialMatch(line, begins)) {
      paragraphs.emplace_back();
    }
    was_comment = is_comment;
    std::string& text = paragraphs.back();
    text += (text.empty() ? "" : " ") + bare(line);
  }
  return paragraphs;
}

// The texts and comments of a rule, without its references, and the names of its tests.
std::vector<std::string> prose_of_rule(std::string_view text) {
  std::vector<std::string> lines;
  bool in_tests = false;
  bool in_references = false;
  for (const std::string& line : lines_of(text)) {
    if (!line.empty() && line.front() != ' ') in_references = line.starts_with("refs:");
    in_tests = in_tests || line == "tests:";
    const bool name = line.find("- name: ") != std::string::npos;
    if (!in_references && (!in_tests || name)) lines.push_back(line);
  }
  return paragraphs_of(lines);
}

// The texts and comments of a part of the schema, without the sources of its facts.
std::vector<std::string> prose_of_schema(std::string_view text) {
  static const re2::RE2 source(R"(^\s*(- )?(source|document):)");
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(text)) {
    if (!re2::RE2::PartialMatch(line, source)) lines.push_back(line);
  }
  return paragraphs_of(lines);
}

const Fault* fault_of(const std::string& text) {
  static const std::vector<Fault> all = faults();
  for (const Fault& fault : all) {
    if (re2::RE2::PartialMatch(text, *fault.phrase)) return &fault;
  }
  return nullptr;
}

void check(std::string_view file, const std::vector<std::string>& prose) {
  for (const std::string& text : prose) {
    const Fault* const fault = fault_of(text);
    INFO(file << ": " << text << "\nwrite instead: " << (fault ? fault->instead : ""));
    CHECK(fault == nullptr);
  }
}

}  // namespace

TEST_CASE("the texts of rules are plain sentences") {
  for (const auto& [name, text] : yaml_files("rules")) check(name, prose_of_rule(text));
}

TEST_CASE("the texts of the schema are plain sentences") {
  for (const auto& [name, text] : yaml_files("schema")) check(name, prose_of_schema(text));
}

TEST_CASE("help pages are plain sentences, and each option has a verb or a default") {
  for (const auto& [name, page] : help_pages()) {
    check(name, paragraphs_of(lines_of(page)));
    for (const HelpEntry& entry : help_entries(page)) {
      INFO(name << ": " << entry.name << ": " << entry.text);
      CHECK(is_plain_help(entry));
      CHECK(fault_of(entry.text) == nullptr);
    }
  }
}

TEST_CASE("the options of a help page are found with their texts") {
  const auto entries = help_entries(help_pages().at("help-audit.txt"));
  const auto text = [&](std::string_view name) -> std::string {
    for (const HelpEntry& entry : entries) {
      if (entry.name.starts_with(name)) return entry.text;
    }
    return "";
  };
  CHECK(entries.size() > 30);
  CHECK(text("--fail-on").find("exit with 1 for findings") != std::string::npos);
  CHECK(text("--recheck-after").find("0 disables") != std::string::npos);
  CHECK(text("DUMP").find("recordings to audit") != std::string::npos);
  for (const char* help :
       {"for reading the live store", "what the daemon allows", "domains alive"}) {
    CHECK_FALSE(is_plain_help({"--option COUNT", help, false}));
  }
  CHECK(is_plain_help({"--option COUNT=5", "limit for reading the live store", false}));
}

TEST_CASE("messages of the program are plain sentences") {
  std::size_t sources = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(XSAUDIT_SOURCE_DIR "/src")) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    ++sources;
    check(entry.path().filename().string(), literals_of(text_of(entry.path())));
  }
  CHECK(sources > 200);
  CHECK(literals_of("  fail(\"nobody is \\\"here\\\"\" + x, \"one\");  // \"a b\"") ==
        std::vector<std::string>{R"(nobody is \"here\")"});
}

TEST_CASE("a title is one short line that begins with a capital") {
  const auto rules = RuleSet::load(embedded_rules(), test_schema());
  REQUIRE(rules);
  for (const Rule& rule : rules->rules()) {
    INFO(rule.id << ": " << rule.title);
    CHECK(rule.title.size() <= kLongestTitle);
    CHECK(std::isupper(static_cast<unsigned char>(rule.title.front())) != 0);
    CHECK(std::string_view(".:?!").find(rule.title.back()) == std::string_view::npos);
  }
}

TEST_CASE("prose with a fault is found") {
  const auto found = [](const char* text) {
    for (const std::string& paragraph : paragraphs_of(lines_of(text))) {
      if (fault_of(paragraph) != nullptr) return true;
    }
    return false;
  };
  for (const char* text :
       {"title: Somebody left a message", "  # the quota that the daemon was told to allow",
        "why: What a form lacks is not evaluated", "  a value that is no text", "- it shall pass",
        "  Fine so far. Whose it is depends", "message: a (unknown) value",
        "why: >\n  a list of what\n  is there", "# A comment on what\n  # is there"}) {
    INFO(text);
    CHECK(found(text));
  }
  for (const char* text : {"title: A driver reported an error", "  # Look at the node:",
                           "  there is no process 3, and it is no longer used",
                           "  # Why did it end? What did it write?"}) {
    INFO(text);
    CHECK_FALSE(found(text));
  }
}

}  // namespace xsaudit
