// XML, written from the outside in. All text goes through it: markup characters become references,
// and bytes that XML 1.0 cannot hold, even as a reference, become visible escapes (base/escape.h),
// so that whatever a store holds the result is well-formed UTF-8. Owned and used by one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xsaudit {

// Text that is safe between tags and, quoted by either quote, as an attribute; of HTML too.
std::string markup_text(std::string_view text);

class XmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  XmlWriter();

  // Names are the program's own.
  void open(std::string_view name, Attributes attributes = {});
  void close();
  // An element that holds nothing but text.
  void element(std::string_view name, std::string_view text, Attributes attributes = {});

  // After the last close().
  std::string text() && { return std::move(text_); }

 private:
  void begin(std::string_view name, Attributes attributes);

  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace xsaudit
