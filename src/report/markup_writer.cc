#include "report/markup_writer.h"

#include "base/escape.h"

namespace xsaudit {

std::string markup_text(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;  // "]]>" is not allowed in text
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

MarkupWriter::MarkupWriter(std::string_view first_line) : out_(first_line) { out_ += '\n'; }

void MarkupWriter::begin(std::string_view name, Attributes attributes) {
  indent();
  out_.append("<").append(name);
  for (const auto& [key, value] : attributes) {
    out_.append(" ").append(key).append("=\"");
    // A parser would replace a newline in an attribute by a blank.
    for (const char c : markup_text(value)) {
      if (c == '\n') {
        out_ += "&#10;";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }
}

void MarkupWriter::open(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  out_ += ">\n";
  open_.emplace_back(name);
}

void MarkupWriter::close() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  indent();
  out_.append("</").append(name).append(">\n");
}

void MarkupWriter::element(std::string_view name, std::string_view text, Attributes attributes) {
  begin(name, attributes);
  out_.append(">").append(markup_text(text)).append("</").append(name).append(">\n");
}

void MarkupWriter::empty(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  out_ += "/>\n";
}

void MarkupWriter::text(std::string_view text) {
  indent();
  out_.append(markup_text(text)).append("\n");
}

void MarkupWriter::verbatim(std::string_view name, std::string_view content) {
  begin(name, {});
  out_.append(">").append(content).append("</").append(name).append(">\n");
}

}  // namespace xsaudit
