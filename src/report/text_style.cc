#include "report/text_style.h"

namespace xsaudit {

std::string TextStyle::sgr(std::string_view code, std::string_view text) const {
  if (!colour_) return std::string(text);
  std::string out = "\x1b[";
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

std::string TextStyle::severity(Severity severity, std::string_view text) const {
  switch (severity) {
    case Severity::info: return sgr("2", text);
    case Severity::low: return sgr("36", text);
    case Severity::medium: return sgr("33", text);
    case Severity::high: return sgr("31", text);
    case Severity::critical: return sgr("1;31", text);
  }
  return std::string(text);
}

std::string TextStyle::verdict(Verdict verdict, std::string_view text) const {
  switch (verdict) {
    case Verdict::clean: return sgr("32", text);
    case Verdict::findings: return sgr("1;31", text);
    case Verdict::incomplete: return sgr("33", text);
  }
  return std::string(text);
}

}  // namespace xsaudit
