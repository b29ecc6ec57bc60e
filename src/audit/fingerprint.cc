#include "audit/fingerprint.h"

#include "audit/sha256.h"

namespace xsaudit {

std::string fingerprint(std::string_view rule, std::string_view stable_path,
                        std::size_t occurrence) {
  // None of the parts holds a newline: a rule's id cannot, and a stable path is escaped.
  std::string key(rule);
  key.append("\n").append(stable_path);
  if (occurrence > 0) key.append("\n").append(std::to_string(occurrence));
  return short_hash(key);
}

std::string short_hash(std::string_view bytes) { return hexadecimal(hash_number(bytes)); }

std::uint64_t hash_number(std::string_view bytes) {
  const auto digest = sha256(bytes);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | digest[i];
  return number;
}

std::string hexadecimal(std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[number >> shift & 0xf];
  return text;
}

}  // namespace xsaudit
