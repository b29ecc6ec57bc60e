// Base64 (RFC 4648), the encoding of the hashes of scripts and styles in a Content-Security-Policy.
// Stateless; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace xsaudit {

std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace xsaudit
