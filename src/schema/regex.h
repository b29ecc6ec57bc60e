// A regular expression (RE2): matching takes time in proportion to the text, which a guest may
// choose. It is compiled on first use, because a program that audits one store needs few of the
// expressions in its schema and rules. Any thread may use it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace xsaudit {

class Regex {
 public:
  enum class Alphabet { utf8, bytes };
  Regex(std::string pattern, Alphabet alphabet);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  const std::string& pattern() const { return pattern_; }
  // The error in the pattern; empty if there is none. A pattern with an error matches nothing.
  std::string problem() const;

  bool matches(std::string_view text) const;   // the whole of it
  bool found_in(std::string_view text) const;  // some part of it

 private:
  const re2::RE2& compiled() const;

  const std::string pattern_;
  const Alphabet alphabet_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const re2::RE2> compiled_;
};

}  // namespace xsaudit
