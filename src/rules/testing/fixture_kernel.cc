#include "rules/testing/fixture_kernel.h"

#include <string_view>

#include "base/error.h"
#include "base/number_text.h"

namespace xsaudit {
namespace {

constexpr std::string_view kNone = "none";
constexpr std::string_view kNotReadable = "unknown";
constexpr std::string_view kSwitch = "switch ";

// The text under the key: "none" is absent, "unknown" cannot be read.
Fact<std::string> fact_of(const YamlValue& within, const char* key, Fact<std::string> otherwise) {
  const YamlValue value = within.get(key);
  if (!value.exists()) return otherwise;
  if (value.text() == kNone) return Fact<std::string>::absent();
  if (value.text() == kNotReadable) return Fact<std::string>::unknown("it may not be read");
  return std::string(value.text());
}

Fact<std::vector<std::string>> texts_of(const std::vector<std::string>& texts) {
  if (texts.size() == 1 && texts.front() == kNotReadable) {
    return Fact<std::vector<std::string>>::unknown("they may not be read");
  }
  return texts;
}

// "vif3.0: xenbr0" is in that bridge, "vif3.0: switch ovs-system" in a switch, "none" in neither.
std::vector<NetworkInterface> interfaces_of(const YamlValue& interfaces) {
  std::vector<NetworkInterface> made;
  for (const auto& [name, master] : interfaces.members()) {
    NetworkInterface& one = made.emplace_back();
    one.name = name.text();
    if (master.text() == kNotReadable) {
      one.master = Fact<std::string>::unknown("it may not be read");
      one.bridged = Fact<bool>::as_little_as(one.master);
      continue;
    }
    const bool in_switch = master.text().starts_with(kSwitch);
    one.master = master.text() == kNone ? Fact<std::string>::absent()
                 : in_switch ? Fact<std::string>(std::string(master.text().substr(kSwitch.size())))
                             : Fact<std::string>(std::string(master.text()));
    one.bridged = one.master.is_known() && !in_switch;
  }
  return made;
}

// A backend as a healthy one is, unless the test says otherwise. Its kind is the name of its
// driver.
Result<KernelBackend> read_backend(const YamlValue& place, const YamlValue& value) {
  XSAUDIT_TRY(value.only_keys({"driver", "state", "disk", "mode", "interfaces"}));
  KernelBackend made;
  const std::string kind(place.text().substr(0, place.text().find('/')));
  made.nodename = "backend/" + std::string(place.text());
  made.driver = fact_of(value, "driver", kind);
  made.state = fact_of(value, "state", std::string("Connected"));
  made.disk = fact_of(value, "disk", Fact<std::string>::absent());
  made.mode = fact_of(value, "mode", Fact<std::string>::absent());
  made.interfaces = Fact<std::vector<NetworkInterface>>::absent();
  if (const YamlValue all = value.get("interfaces"); all.exists()) {
    made.interfaces = interfaces_of(all);
  }
  return made;
}

// "4.17"
Result<HypervisorVersion> read_xen(const YamlValue& value) {
  HypervisorVersion version;
  std::string_view rest = value.text();
  const bool major = take_number(rest, version.major) && rest.starts_with('.');
  if (!major || !whole_number(rest.substr(1), version.minor)) {
    return value.error("expected a version of Xen, such as 4.17");
  }
  return version;
}

Result<BlockDevice> read_disk(const YamlValue& number, const YamlValue& value) {
  XSAUDIT_TRY(value.only_keys({"name", "mapped", "file", "whole", "mounts"}));
  const auto absent = Fact<std::string>::absent();
  BlockDevice made;
  made.number = number.text();
  made.name = fact_of(value, "name", absent);
  made.mapped = fact_of(value, "mapped", absent);
  made.file = fact_of(value, "file", absent);
  made.whole = fact_of(value, "whole", absent);
  made.mounts = std::vector<std::string>{};
  if (const YamlValue mounts = value.get("mounts"); mounts.exists()) {
    XSAUDIT_ASSIGN(const auto texts, mounts.as_strings());
    made.mounts = texts_of(texts);
  }
  return made;
}

}  // namespace

Result<Fact<KernelView>> make_fixture_kernel(const YamlValue& kernel) {
  if (kernel.is_scalar()) return Fact<KernelView>::unknown(std::string(kernel.text()));
  XSAUDIT_TRY(kernel.only_keys({"xen", "drivers", "backends", "disks", "taps", "changed"}));
  KernelView view;
  if (const YamlValue xen = kernel.get("xen"); xen.exists()) {
    XSAUDIT_ASSIGN(view.xen, read_xen(xen));
  }
  view.drivers = std::vector<std::string>{"vbd", "vif"};
  if (const YamlValue drivers = kernel.get("drivers"); drivers.exists()) {
    XSAUDIT_ASSIGN(const auto texts, drivers.as_strings());
    view.drivers = texts_of(texts);
  }
  view.backends = std::vector<KernelBackend>{};
  const YamlValue backends = kernel.get("backends");
  if (backends.is_scalar()) {
    view.backends = Fact<std::vector<KernelBackend>>::unknown(std::string(backends.text()));
  }
  for (const auto& [place, value] : backends.members()) {
    XSAUDIT_ASSIGN(auto one, read_backend(place, value));
    view.backends->push_back(std::move(one));
  }
  view.disks = std::vector<BlockDevice>{};
  for (const auto& [number, value] : kernel.get("disks").members()) {
    XSAUDIT_ASSIGN(auto one, read_disk(number, value));
    view.disks->push_back(std::move(one));
  }
  view.taps = interfaces_of(kernel.get("taps"));
  if (const YamlValue changed = kernel.get("changed"); changed.exists()) {
    XSAUDIT_ASSIGN(const auto places, changed.as_strings());
    for (const std::string& place : places) view.changed.push_back("backend/" + place);
  }
  view.sort();
  // Disks that the test does not describe have nothing but a number.
  if (view.backends.is_known()) {
    for (const KernelBackend& one : *view.backends) {
      if (!one.disk.is_known() || view.disk(*one.disk) != nullptr) continue;
      BlockDevice disk;
      disk.number = *one.disk;
      disk.mounts = std::vector<std::string>{};
      view.disks->push_back(std::move(disk));
      view.sort();
    }
  }
  return Fact<KernelView>(std::move(view));
}

}  // namespace xsaudit
