#include "audit/fingerprint.h"

#include "audit/sha256.h"

namespace xsaudit {

std::string fingerprint(std::string_view rule, std::string_view stable_path,
                        std::size_t occurrence) {
  // None of the parts holds a newline: a rule's id cannot, and a stable path is escaped.
  std::string key(rule);
  key.append("\n").append(stable_path);
  if (occurrence > 0) key.append("\n").append(std::to_string(occurrence));

  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr std::size_t kBytes = 8;
  const auto digest = sha256(key);
  std::string text;
  for (std::size_t i = 0; i < kBytes; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 0xf];
  }
  return text;
}

}  // namespace xsaudit
