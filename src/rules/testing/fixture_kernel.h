// The kernel's view of the devices in tests of a rule: its backends, disks and interfaces
// (rules/README.md describes the syntax). A backend that the test does not name does not exist.
// Stateless; any thread.
#pragma once

#include "host/facts/kernel_view.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// `kernel` is the map under that key, or the reason why nothing of it is known.
Result<Fact<KernelView>> make_fixture_kernel(const YamlValue& kernel);

}  // namespace xsaudit
