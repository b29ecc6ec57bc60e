// libFuzzer's entry, for the target that XSAUDIT_FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "targets.h"

namespace {

const xsaudit::FuzzTarget& target() {
  static const xsaudit::FuzzTarget found = [] {
    for (const xsaudit::FuzzTarget& one : xsaudit::fuzz_targets()) {
      if (one.name == XSAUDIT_FUZZ_TARGET) return one;
    }
    xsaudit::require(false, "there is no such target");
    return xsaudit::FuzzTarget{};
  }();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
