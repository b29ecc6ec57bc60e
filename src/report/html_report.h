// What HTML pages share: their head, with Base64 (RFC 4648), the encoding of the hashes of scripts
// and styles in a Content-Security-Policy.
// Stateless; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace xsaudit {

std::string base64(std::span<const std::uint8_t> bytes);

class MarkupWriter;

// Opens and fills the head of a page: its policy allows only the style in it and, if there is one,
// the script with this text, by their hashes. The caller closes it.
void open_page_head(MarkupWriter& page, const std::string& title, const std::string& script = {});

}  // namespace xsaudit
