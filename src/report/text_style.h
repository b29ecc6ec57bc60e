// Colour for a terminal, or none: every piece of text is asked for through one of these, so that a
// report is written once for both. A plain value.
#pragma once

#include <string>
#include <string_view>

#include "audit/result.h"

namespace xsaudit {

class TextStyle {
 public:
  explicit TextStyle(bool colour) : colour_(colour) {}

  std::string bold(std::string_view text) const { return sgr("1", text); }
  std::string dim(std::string_view text) const { return sgr("2", text); }
  std::string severity(Severity severity, std::string_view text) const;
  std::string verdict(Verdict verdict, std::string_view text) const;

 private:
  // ECMA-48 Select Graphic Rendition.
  std::string sgr(std::string_view code, std::string_view text) const;
  bool colour_;
};

}  // namespace xsaudit
