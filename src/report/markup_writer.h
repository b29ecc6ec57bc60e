// Markup (XML, HTML, and SVG in HTML), written from the outside in. All text goes through it:
// markup characters become references, and bytes that XML 1.0 cannot hold, even as a reference,
// become visible escapes (base/escape.h), so that the result is well-formed UTF-8, whatever a store
// holds. Each element begins on a line of its own. Owned and used by one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xsaudit {

// Text that is safe between tags and, quoted by either quote, as an attribute.
std::string markup_text(std::string_view text);

class MarkupWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // The first line, which says what the rest is: "<!DOCTYPE html>".
  explicit MarkupWriter(std::string_view first_line);

  // Names of elements and attributes are the program's own.
  void open(std::string_view name, Attributes attributes = {});
  void close();
  // An element that holds only text.
  void element(std::string_view name, std::string_view text, Attributes attributes = {});
  // An element that holds nothing: one that HTML knows as void, or any of XML.
  void empty(std::string_view name, Attributes attributes = {});
  // Text in the element that is open, on a line of its own.
  void text(std::string_view text);
  // A style or a script of the program's own, byte for byte.
  void verbatim(std::string_view name, std::string_view content);

  // After the last close().
  std::string result() && { return std::move(out_); }

 private:
  void indent() { out_.append(2 * open_.size(), ' '); }
  void begin(std::string_view name, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace xsaudit
