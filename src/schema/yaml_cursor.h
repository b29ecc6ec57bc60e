// A place in a YAML text that moves forward, for yaml_parser.cc and yaml_scalar.cc alone. The first
// error counts: with it the cursor goes to the end of the text, so that whoever reads on finds
// nothing more and returns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schema/yaml_tree.h"

namespace xsaudit {

class YamlCursor {
 public:
  explicit YamlCursor(const YamlSource& source) : source_(&source), text_(source.text) {}

  bool end() const { return at_ >= text_.size(); }
  // The byte here or a few bytes on; '\n' where the line ends, which the end of the text does too.
  char peek(std::size_t ahead = 0) const {
    if (at_ + ahead >= text_.size()) return '\n';
    const char c = text_[at_ + ahead];
    const bool return_and_newline =
        c == '\r' && (at_ + ahead + 1 >= text_.size() || text_[at_ + ahead + 1] == '\n');
    return return_and_newline ? '\n' : c;
  }
  bool line_end() const { return peek() == '\n'; }
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

  bool at_comment() const { return peek() == '#' && (column() == 0 || blank(text_[at_ - 1])); }

  // Columns count from 0, as indentation does.
  std::size_t column() const { return at_ - line_begin_; }
  // What is left of the line.
  std::string_view rest_of_line() const {
    std::string_view rest = text_.substr(at_, text_.find('\n', at_) - at_);
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    return rest;
  }

  // Whether the file ends before the line does.
  bool line_is_cut() const { return text_.find('\n', at_) == text_.npos; }

  void next(std::size_t bytes = 1) { at_ += bytes; }  // within the line
  void next_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) ++at_;
    line_begin_ = at_;
    ++line_;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') next();
  }
  // To the next byte that is no blank and in no comment, in this line or in a later one.
  void skip_to_content() {
    while (!end()) {
      skip_blanks();
      if (!line_end() && !at_comment()) return;
      next_line();
    }
  }
  // Whether nothing but blanks stands before this in its line; then a tab among them is an error.
  bool first_in_line() {
    const std::string_view before = text_.substr(line_begin_, column());
    if (before.find_first_not_of(" \t") != before.npos) return false;
    if (before.find('\t') != before.npos) fail("a tab cannot indent");
    return true;
  }

  // A node that begins here.
  YamlNode node(YamlValue::Kind kind) const {
    YamlNode made;
    made.kind = kind;
    made.line = static_cast<std::uint32_t>(line_);
    made.column = static_cast<std::uint32_t>(column() + 1);
    made.offset = static_cast<std::uint32_t>(at_);
    return made;
  }

  bool failed() const { return error_.has_value(); }
  const std::optional<Error>& error() const { return error_; }
  void fail(std::string message, std::string hint = {}) {
    fail_at(line_, column() + 1, std::move(message), std::move(hint));
  }
  void fail_at(const YamlNode& node, std::string message, std::string hint = {}) {
    fail_at(node.line, node.column, std::move(message), std::move(hint));
  }

 private:
  void fail_at(std::size_t line, std::size_t column, std::string message, std::string hint) {
    if (!error_) error_ = {yaml_place(*source_, line, column), std::move(message), std::move(hint)};
    at_ = text_.size();
  }

  const YamlSource* source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
  std::optional<Error> error_;
};

}  // namespace xsaudit
