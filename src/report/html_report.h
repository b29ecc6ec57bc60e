// Base64 (RFC 4648), for what hashes of scripts and styles are written in. Stateless; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace xsaudit {

std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace xsaudit
