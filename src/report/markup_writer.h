// Writes markup (XML, HTML, and SVG in HTML) in document order. All text goes through it: markup
// characters become references, and bytes that XML 1.0 cannot contain, even as a reference, become
// visible escapes (base/escape.h). The result is well-formed UTF-8 for any bytes of a store. Each
// element begins on a line of its own. Owned and used by one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xsaudit {

// Text that is safe between tags and in a quoted attribute.
std::string markup_text(std::string_view text);

class MarkupWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Writes the first line, which declares the type of the document: "<!DOCTYPE html>".
  explicit MarkupWriter(std::string_view first_line);

  // Names of elements and attributes come only from the program.
  void open(std::string_view name, Attributes attributes = {});
  void close();
  // An element that contains only text.
  void element(std::string_view name, std::string_view text, Attributes attributes = {});
  // An empty element: a void element of HTML, or any element of XML.
  void empty(std::string_view name, Attributes attributes = {});
  // Text in the open element, on a line of its own.
  void text(std::string_view text);
  // A style or a script of the program, byte for byte.
  void verbatim(std::string_view name, std::string_view content);

  // To be called after the last close().
  std::string result() && { return std::move(out_); }

 private:
  void indent() { out_.append(2 * open_.size(), ' '); }
  void begin(std::string_view name, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace xsaudit
