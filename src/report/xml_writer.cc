#include "report/xml_writer.h"

#include "base/escape.h"

namespace xsaudit {

std::string markup_text(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;  // "]]>" may not stand in text
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

XmlWriter::XmlWriter() : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

void XmlWriter::begin(std::string_view name, Attributes attributes) {
  text_.append(2 * open_.size(), ' ').append("<").append(name);
  for (const auto& [key, value] : attributes) {
    text_.append(" ").append(key).append("=\"");
    // A parser would make a blank of a newline in an attribute.
    for (const char c : markup_text(value)) {
      if (c == '\n') {
        text_ += "&#10;";
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }
}

void XmlWriter::open(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  text_ += ">\n";
  open_.emplace_back(name);
}

void XmlWriter::close() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  text_.append(2 * open_.size(), ' ').append("</").append(name).append(">\n");
}

void XmlWriter::element(std::string_view name, std::string_view text, Attributes attributes) {
  begin(name, attributes);
  if (text.empty()) {
    text_ += "/>\n";
    return;
  }
  text_.append(">").append(markup_text(text)).append("</").append(name).append(">\n");
}

}  // namespace xsaudit
