#include "host/facts/kernel_view.h"

#include <algorithm>

namespace xsaudit {
namespace {

bool differs(const KernelBackend& one, const KernelBackend& other) {
  return one.driver != other.driver || one.state != other.state || one.disk != other.disk ||
         one.mode != other.mode || one.interfaces != other.interfaces;
}

}  // namespace

void KernelView::sort() {
  const auto by = [](auto& fact, auto member) {
    if (!fact.is_known()) return;
    std::sort(fact->begin(), fact->end(),
              [&](const auto& a, const auto& b) { return a.*member < b.*member; });
  };
  by(backends, &KernelBackend::nodename);
  by(disks, &BlockDevice::number);
  by(taps, &NetworkInterface::name);
  std::sort(changed.begin(), changed.end());
}

const KernelBackend* KernelView::backend(std::string_view nodename) const {
  if (!backends.is_known()) return nullptr;
  const auto found = std::lower_bound(
      backends->begin(), backends->end(), nodename,
      [](const KernelBackend& one, std::string_view name) { return one.nodename < name; });
  return found != backends->end() && found->nodename == nodename ? &*found : nullptr;
}

const BlockDevice* KernelView::disk(std::string_view number) const {
  if (!disks.is_known()) return nullptr;
  const auto found = std::lower_bound(
      disks->begin(), disks->end(), number,
      [](const BlockDevice& one, std::string_view name) { return one.number < name; });
  return found != disks->end() && found->number == number ? &*found : nullptr;
}

bool KernelView::has_driver(std::string_view kind) const {
  return drivers.is_known() && std::find(drivers->begin(), drivers->end(), kind) != drivers->end();
}

std::vector<std::string> changed_backends(const KernelView& before, const KernelView& after) {
  std::vector<std::string> changed;
  if (!before.backends.is_known() || !after.backends.is_known()) return changed;
  for (const KernelBackend& one : *after.backends) {
    const KernelBackend* const other = before.backend(one.nodename);
    if (other == nullptr || differs(*other, one)) changed.push_back(one.nodename);
  }
  for (const KernelBackend& one : *before.backends) {
    if (after.backend(one.nodename) == nullptr) changed.push_back(one.nodename);
  }
  std::sort(changed.begin(), changed.end());
  return changed;
}

}  // namespace xsaudit
