#include "schema/device_table.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::string_view kConnected = "Connected";  // of the states

std::string_view text_of(const Pattern& pattern, const std::vector<Binding>& bindings,
                         std::string_view variable) {
  const int index = pattern.variable(variable);
  return index < 0 ? std::string_view() : bindings[static_cast<std::size_t>(index)].text;
}

std::optional<Domid> domid_of(const Pattern& pattern, const std::vector<Binding>& bindings,
                              std::string_view variable) {
  const int index = pattern.variable(variable);
  if (index < 0) return std::nullopt;
  return bindings[static_cast<std::size_t>(index)].number;
}

constexpr std::string_view kGuest = "$DOMID";
constexpr std::string_view kDeviceId = "$DEVID";

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// The path of a part of `device`. add_place() has checked the variables of the pattern.
std::string fill(const Pattern& pattern, const Device& device) {
  const std::string domid = std::to_string(device.domid);
  std::vector<Binding> bindings(pattern.variables().size());
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const std::string& name = pattern.variables()[i].name;
    bindings[i].bound = true;
    bindings[i].text = name == "DOMID" ? domid : name == "KIND" ? device.kind : device.id;
  }
  return pattern.path(bindings).value();
}

}  // namespace

// Checks that a place contains all variables that its part needs, and no other.
Status DeviceTable::add_place(const YamlValue& text, Device::Part part, std::string kind,
                              std::string id, const VariableTypes& types, Pattern& pattern) {
  XSAUDIT_ASSIGN(auto parsed, Pattern::parse(text, types));
  const bool backend = part == Device::Part::backend;
  std::vector<std::string_view> needed = {"DOMID"};
  if (backend) needed.insert(needed.end(), {"BACKEND_DOMID"});
  if (id.empty()) needed.emplace_back("DEVID");
  if (kind.empty()) needed.emplace_back(backend ? "BACKEND_KIND" : "KIND");
  for (const std::string_view name : needed) {
    const int index = parsed.variable(name);
    if (index < 0) return text.error("$" + std::string(name) + " is missing in this place");
    const VariableType type = parsed.variables()[static_cast<std::size_t>(index)].type;
    if (name.ends_with("DOMID") && type != VariableType::domid) {
      return text.error("$" + std::string(name) + " must be of type domid");
    }
  }
  for (const Pattern::Variable& variable : parsed.variables()) {
    if (std::find(needed.begin(), needed.end(), variable.name) == needed.end()) {
      return text.error("$" + variable.name + " is not known in this place");
    }
  }
  if (!parsed.path(std::vector<Binding>(parsed.variables().size(), {"0", 0, true}))) {
    return text.error("the place of a device is one path, without '*'");
  }
  auto deep = Pattern::parse(parsed.text() + "/**", types);
  if (!deep) return text.error(deep.error().message);
  pattern = std::move(parsed);
  levels_ = std::max(levels_, pattern.segments().size());
  const PathTrie::Id shape = trie_.find_or_add(*deep, static_cast<PathTrie::Id>(places_.size()));
  places_.push_back({part, pattern, *std::move(deep), std::move(kind), std::move(id), shape});
  return ok();
}

Status DeviceTable::load_kind(const YamlValue& name, const YamlValue& value,
                              const VariableTypes& types) {
  XSAUDIT_TRY(value.only_keys({"description", "backends", "frontend", "frontends", "backend",
                               "recorded", "detach", "source"}));
  Kind kind;
  const std::string kind_name(name.text());
  XSAUDIT_ASSIGN(auto backends, value.get("backends").as_strings());
  for (const std::string& backend : backends) {
    const auto [other, added] = frontend_kinds_.try_emplace(backend, kind_name);
    if (!added) {
      return value.get("backends")
          .error("the backend kind '" + escape_shortened(backend) + "' already serves '" +
                 other->second + "'");
    }
  }
  kind.backends = std::move(backends);

  using Part = Device::Part;
  for (const auto& [id, place] : value.get("frontends").members()) {
    const std::string device(id.text());
    Status added =
        add_place(place, Part::frontend, kind_name, device, types, kind.frontends[device]);
    XSAUDIT_TRY(added);
  }
  if (const YamlValue place = value.get("frontend"); place.exists()) {
    XSAUDIT_TRY(add_place(place, Part::frontend, kind_name, "", types, kind.frontend.emplace()));
  }
  if (const YamlValue place = value.get("backend"); place.exists()) {
    // Its own backend kind is not part of the place, so there must be exactly one.
    if (kind.backends.size() != 1)
      return place.error("a kind with its own place has one backend kind");
    XSAUDIT_TRY(add_place(place, Part::backend, kind_name, "", types, kind.backend.emplace()));
  }
  if (const YamlValue recorded = value.get("recorded"); recorded.exists()) {
    XSAUDIT_ASSIGN(kind.recorded, recorded.as_bool());
  }
  XSAUDIT_TRY(load_steps(value.get("detach"), kind.detach));
  kind_names_.push_back(kind_name);
  kinds_.emplace(kind_name, std::move(kind));
  return ok();
}

Status DeviceTable::load_kernel(const YamlValue& kernel) {
  if (!kernel.exists()) return ok();
  XSAUDIT_TRY(kernel.only_keys({"home", "backends"}));
  XSAUDIT_ASSIGN(const auto home, kernel.require("home"));
  if (!valid_path(home.text())) return home.error("expected a path");
  kernel_home_ = std::string(home.text()) + "/";
  XSAUDIT_ASSIGN(kernel_kinds_, kernel.get("backends").as_strings());
  for (const std::string& kind : kernel_kinds_) {
    if (!frontend_kinds_.contains(kind)) {
      return kernel.get("backends").error("the kind '" + escape_shortened(kind) + "' is not known");
    }
  }
  return ok();
}

bool DeviceTable::served_by_kernel(std::string_view backend_kind) const {
  return std::find(kernel_kinds_.begin(), kernel_kinds_.end(), backend_kind) != kernel_kinds_.end();
}

bool DeviceTable::served_by_kernel(const Device& device) const {
  return device.part == Device::Part::backend && device.backend_domid == Domid{0} &&
         device.backend_kind && served_by_kernel(*device.backend_kind);
}

std::optional<std::string> DeviceTable::kernel_name(std::string_view path) const {
  if (kernel_home_.empty() || !path.starts_with(kernel_home_)) return std::nullopt;
  return std::string(path.substr(kernel_home_.size()));
}

std::string DeviceTable::kernel_path(std::string_view kernel_name) const {
  return kernel_home_ + std::string(kernel_name);
}

Result<DeviceTable> DeviceTable::load(const YamlValue& devices, const VariableTypes& types,
                                      const std::vector<YamlValue>& more) {
  XSAUDIT_TRY(devices.only_keys(
      {"frontend", "backend", "records", "nodes", "states", "detach", "kernel", "kinds"}));
  for (const char* key : {"frontend", "backend", "records", "nodes", "states", "kinds"}) {
    XSAUDIT_TRY(devices.require(key));
  }
  DeviceTable table;
  for (const auto& [name, value] : devices.get("kinds").members()) {
    XSAUDIT_TRY(table.load_kind(name, value, types));
  }
  for (const YamlValue& section : more) {
    for (const auto& [name, value] : section.get("kinds").members()) {
      if (table.kinds_.contains(name.text())) {
        return name.error("the kind '" + escape_shortened(name.text()) + "' is there twice");
      }
      XSAUDIT_TRY(table.load_kind(name, value, types));
    }
  }
  using Part = Device::Part;
  Pattern backend;
  for (const auto& [key, part, pattern] : {std::tuple("frontend", Part::frontend, &table.frontend_),
                                           std::tuple("backend", Part::backend, &backend)}) {
    XSAUDIT_TRY(table.add_place(devices.get(key), part, "", "", types, *pattern));
  }
  for (const YamlValue& place : devices.get("records").items()) {
    Status added =
        table.add_place(place, Part::record, "", "", types, table.records_.emplace_back());
    XSAUDIT_TRY(added);
  }
  XSAUDIT_TRY(table.load_nodes(devices.get("nodes")));
  XSAUDIT_TRY(load_steps(devices.get("detach"), table.detach_));
  XSAUDIT_ASSIGN(table.states_, devices.get("states").as_strings());
  XSAUDIT_TRY(table.load_kernel(devices.get("kernel")));
  return table;
}

Status DeviceTable::load_steps(const YamlValue& steps, Steps& into) {
  for (const auto& [profile, lines] : steps.members()) {
    XSAUDIT_ASSIGN(into[std::string(profile.text())], lines.as_strings());
  }
  return ok();
}

Status DeviceTable::load_nodes(const YamlValue& nodes) {
  XSAUDIT_TRY(nodes.only_keys({"frontend", "backend", "state", "backend_domid"}));
  for (const auto& [key, name] :
       {std::pair("frontend", &nodes_.frontend), std::pair("backend", &nodes_.backend),
        std::pair("state", &nodes_.state), std::pair("backend_domid", &nodes_.backend_domid)}) {
    XSAUDIT_ASSIGN(auto text, nodes.require(key));
    if (!valid_name(text.text())) return text.error("expected the name of a node");
    *name = text.text();
  }
  return ok();
}

std::optional<Device> DeviceTable::device_of(std::string_view path) const {
  // The trie finds the few places that can match; their order is that of the table.
  std::vector<PathTrie::Id> shapes;
  trie_.match(path, [&](PathTrie::Id shape) {
    shapes.push_back(shape);
    return false;
  });
  std::vector<Binding> bindings;
  for (const PartPlace& place : places_) {
    const Pattern& pattern = place.pattern;
    if (std::find(shapes.begin(), shapes.end(), place.shape) == shapes.end()) continue;
    if (!pattern.matches(path, bindings)) continue;
    Device device;
    device.part = place.part;
    device.domid = domid_of(pattern, bindings, "DOMID").value_or(0);
    device.kind = place.kind.empty() ? text_of(pattern, bindings, "KIND") : place.kind;
    device.id = place.id.empty() ? text_of(pattern, bindings, "DEVID") : place.id;
    if (place.part != Device::Part::backend) return device;
    device.backend_domid = domid_of(pattern, bindings, "BACKEND_DOMID");
    if (place.kind.empty()) {
      device.backend_kind = text_of(pattern, bindings, "BACKEND_KIND");
      device.kind = frontend_kind(*device.backend_kind).value_or(*device.backend_kind);
    } else {
      device.backend_kind = kinds_.at(place.kind).backends.front();
    }
    return device;
  }
  return std::nullopt;
}

void DeviceTable::for_each(const Snapshot& snapshot,
                           const std::function<void(NodeId, const Device&)>& found) const {
  for (const PartPlace& place : places_) {
    place.top.for_each(snapshot, {}, [&](NodeId node, const std::vector<Binding>&) {
      // A usual place may be one that a kind of its own has taken.
      const auto device = device_of(snapshot.path(node));
      if (device && device->part == place.part) found(node, *device);
      return true;
    });
  }
}

std::string DeviceTable::frontend_path(const Device& device) const {
  const auto kind = kinds_.find(device.kind);
  if (kind == kinds_.end()) return fill(frontend_, device);
  const auto& own = kind->second.frontends;
  if (const auto by_id = own.find(device.id); by_id != own.end())
    return fill(by_id->second, device);
  return fill(kind->second.frontend.value_or(frontend_), device);
}

std::vector<std::string> DeviceTable::record_paths(const Device& device) const {
  std::vector<std::string> paths;
  for (const Pattern& record : records_) paths.push_back(fill(record, device));
  return paths;
}

std::vector<std::string> DeviceTable::backend_kinds(std::string_view frontend_kind) const {
  const auto kind = kinds_.find(frontend_kind);
  return kind == kinds_.end() ? std::vector<std::string>() : kind->second.backends;
}

std::optional<std::string> DeviceTable::frontend_kind(std::string_view backend_kind) const {
  const auto kind = frontend_kinds_.find(backend_kind);
  if (kind == frontend_kinds_.end()) return std::nullopt;
  return kind->second;
}

bool DeviceTable::recorded(std::string_view frontend_kind) const {
  const auto kind = kinds_.find(frontend_kind);
  return kind == kinds_.end() || kind->second.recorded;
}

std::vector<std::string> DeviceTable::detach_steps(const Device& device,
                                                   std::string_view profile) const {
  const auto kind = kinds_.find(device.kind);
  const std::vector<std::string>* written = nullptr;
  const auto look_up = [&](const Steps& steps, std::string_view name) {
    const auto found = steps.find(name);
    if (written == nullptr && found != steps.end()) written = &found->second;
  };
  if (kind != kinds_.end()) look_up(kind->second.detach, profile);
  look_up(detach_, profile);
  look_up(detach_, "others");
  if (written == nullptr) return {};
  // Toolstacks name a device by its plain number (xl block-detach, libxl_device.c
  // libxl__device_disk_dev_number); a guest may have spelled it otherwise.
  Binding number;
  const bool plain = bind(VariableType::number, device.id, number);
  std::vector<std::string> steps;
  for (std::string line : *written) {
    if (!plain && line.find(kDeviceId) != line.npos) continue;
    replace_all(line, kGuest, std::to_string(device.domid));
    replace_all(line, kDeviceId, device.id);
    steps.push_back(std::move(line));
  }
  return steps;
}

std::vector<Domid> DeviceTable::connected(const Snapshot& snapshot) const {
  const auto is_connected = [&](NodeId part) {
    const NodeId state = snapshot.child(part, nodes_.state);
    return state != kNoNode && state_name(snapshot.value(state)) == kConnected;
  };
  std::set<Domid> domids;
  for_each(snapshot, [&](NodeId part, const Device& device) {
    if (device.part != Device::Part::backend || !device.backend_domid) return;
    if (!is_connected(part)) return;
    const NodeId frontend = snapshot.find(frontend_path(device));
    if (frontend == kNoNode || !is_connected(frontend)) return;
    domids.insert(device.domid);
    domids.insert(*device.backend_domid);
  });
  return {domids.begin(), domids.end()};
}

std::string_view DeviceTable::state_name(std::string_view value) const {
  Binding number;
  if (!bind(VariableType::number, value, number)) return {};
  const auto index = static_cast<std::size_t>(number.number);
  return index < states_.size() ? std::string_view(states_[index]) : std::string_view();
}

}  // namespace xsaudit
