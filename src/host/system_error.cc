#include "host/system_error.h"

#include <system_error>

#include "store/escape.h"

namespace xsaudit {

Error system_error(const std::string& place, const char* what, int number) {
  return {escape_shortened(place),
          std::string(what) + ": " + std::generic_category().message(number),
          {}};
}

}  // namespace xsaudit
