#include "base/error.h"

namespace xsaudit {

std::string Error::text() const {
  std::string out = place.empty() ? message : place + ": " + message;
  if (!hint.empty()) out += " (" + hint + ")";
  return out;
}

}  // namespace xsaudit
