// The texts that an administrator reads, in rules and in the schema, are plain sentences: what a
// machine can see of that. prose_faults.txt lists the phrases; there are no exceptions.
#include <re2/re2.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
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
