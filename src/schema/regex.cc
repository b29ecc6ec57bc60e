#include "schema/regex.h"

#include <re2/re2.h>

#include <utility>

namespace xsaudit {

Regex::Regex(std::string pattern, Alphabet alphabet)
    : pattern_(std::move(pattern)), alphabet_(alphabet) {}

Regex::~Regex() = default;

const re2::RE2& Regex::compiled() const {
  std::call_once(once_, [this] {
    re2::RE2::Options options(re2::RE2::Quiet);
    if (alphabet_ == Alphabet::bytes) options.set_encoding(re2::RE2::Options::EncodingLatin1);
    compiled_ = std::make_unique<const re2::RE2>(pattern_, options);
  });
  return *compiled_;
}

std::string Regex::problem() const { return compiled().ok() ? "" : compiled().error(); }

bool Regex::matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled());
}

bool Regex::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled());
}

}  // namespace xsaudit
