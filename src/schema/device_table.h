// What the schema's device-kind table knows: which backend kinds serve which frontend kind, and
// where each device's three parts lie: the guest's frontend, the backend, and the toolstack's
// trusted record. Read from YAML (schema/devices.yaml); no kind and no path is known to C++.
// Positions are worked out from paths alone, never from a value that a guest may write. Immutable;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/pattern.h"
#include "schema/yaml_document.h"

namespace xsaudit {

// A device as its position in the store names it. `kind` is always the frontend's.
struct Device {
  enum class Part { frontend, backend, record } part;
  Domid domid = 0;                     // the guest: whose frontend it is
  std::string kind;                    // frontend kind: "vbd"
  std::string id;                      // "51712"
  std::optional<Domid> backend_domid;  // known from the position of a backend only
  std::optional<std::string> backend_kind;
};

class DeviceTable {
 public:
  static Result<DeviceTable> load(const YamlValue& devices, const VariableTypes& types);

  // The device that `path` is, or lies in; nothing if the path belongs to none.
  std::optional<Device> device_of(std::string_view path) const;

  // Where the frontend of a device lies: "/local/domain/3/console" for console 0 of domain 3.
  std::string frontend_path(const Device& device) const;
  // The toolstack's records of a device (libxl's, xenopsd's): one path for each place where a
  // toolstack keeps them, whether or not it is there.
  std::vector<std::string> record_paths(const Device& device) const;
  // Frontend kinds that are in the table; a backend kind serves one frontend kind.
  const std::vector<std::string>& kinds() const { return kinds_; }
  // The backend kinds that may serve a frontend kind; empty for an unknown kind.
  std::vector<std::string> backend_kinds(std::string_view frontend_kind) const;
  std::vector<std::string> frontend_kinds(std::string_view backend_kind) const;

 private:
  std::vector<std::string> kinds_;
  // … the rest is for device_table.cc to choose
};

}  // namespace xsaudit
