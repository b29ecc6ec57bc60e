// The table of device kinds in the schema: which backend kinds serve which frontend kind, and where
// each device's three parts lie: the guest's frontend, the backend, and the toolstack's trusted
// record. Read from YAML (schema/devices.yaml); no kind and no path is known to C++. Positions are
// worked out from paths alone, never from a value that a guest may write. Immutable; any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/path_trie.h"
#include "schema/pattern.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// A device as its position in the store names it. `kind` is always the frontend's.
struct Device {
  enum class Part { frontend, backend, record } part = Part::frontend;
  Domid domid = 0;                     // the guest: whose frontend it is
  std::string kind;                    // frontend kind: "vbd"
  std::string id;                      // "51712"
  std::optional<Domid> backend_domid;  // known from the position of a backend only
  std::optional<std::string> backend_kind;
};

class DeviceTable {
 public:
  // Names of the nodes of a part that name the other parts and the domain of the backend, and of
  // the state of the handshake.
  struct Nodes {
    std::string frontend;
    std::string backend;
    std::string state;
    std::string backend_domid;  // of a frontend: the domain of its backend
  };

  static Result<DeviceTable> load(const YamlValue& devices, const VariableTypes& types,
                                  const std::vector<YamlValue>& more = {});

  // The device that `path` is part of; nothing if it belongs to none. Includes kinds that are not
  // in the table at the usual places.
  std::optional<Device> device_of(std::string_view path) const;

  // Calls `found` with every part of a device that the snapshot has, and the device.
  void for_each(const Snapshot& snapshot,
                const std::function<void(NodeId, const Device&)>& found) const;

  // Domains with a device whose two ends are in state Connected: its guest, and the domain that
  // serves it. Sorted.
  std::vector<Domid> connected(const Snapshot& snapshot) const;

  // The path of the frontend of a device: "/local/domain/3/console" for console 0 of domain 3.
  std::string frontend_path(const Device& device) const;
  // The paths of the toolstack's records of a device (libxl's, xenopsd's), one for each place where
  // a toolstack keeps them, whether or not they exist.
  std::vector<std::string> record_paths(const Device& device) const;

  // What is deeper in a path than this is of the same device as the node there.
  std::size_t levels() const { return levels_; }

  // Frontend kinds that are in the table.
  const std::vector<std::string>& kinds() const { return kind_names_; }
  // The backend kinds that may serve a frontend kind; empty for an unknown kind.
  std::vector<std::string> backend_kinds(std::string_view frontend_kind) const;
  // The one frontend kind that a backend kind serves; nothing for an unknown kind.
  std::optional<std::string> frontend_kind(std::string_view backend_kind) const;
  // Whether a toolstack with device records has one for every device of this kind.
  bool recorded(std::string_view frontend_kind) const;
  // The lines for a shell with which an administrator of a host of this profile detaches a device
  // from its guest: commands and comments.
  std::vector<std::string> detach_steps(const Device& device, std::string_view profile) const;

  // Whether the device is a backend of domain 0 of a kind that drivers of its kernel serve.
  bool served_by_kernel(const Device& device) const;
  bool served_by_kernel(std::string_view backend_kind) const;
  // The kernel of domain 0 names its backends by their path from the domain's home; nothing for a
  // path elsewhere.
  std::optional<std::string> kernel_name(std::string_view path) const;
  std::string kernel_path(std::string_view kernel_name) const;

  const Nodes& nodes() const { return nodes_; }
  // The name of a state: "Connected" for "4"; empty if the value is not a state.
  std::string_view state_name(std::string_view value) const;

 private:
  using Steps = std::map<std::string, std::vector<std::string>, std::less<>>;  // by profile
  struct Kind {
    std::vector<std::string> backends;
    std::optional<Pattern> frontend;           // in place of the usual one
    std::map<std::string, Pattern> frontends;  // by device id, before that
    std::optional<Pattern> backend;
    bool recorded = true;
    Steps detach;
  };
  // The places of parts of devices, including all nodes below; `kind` and `id` are set if the place
  // implies them.
  struct PartPlace {
    Device::Part part;
    Pattern top;
    Pattern pattern;
    std::string kind;
    std::string id;
    PathTrie::Id shape = 0;  // the number of its pattern in trie_
  };
  Status load_kind(const YamlValue& name, const YamlValue& value, const VariableTypes& types);
  static Status load_steps(const YamlValue& steps, Steps& into);
  Status load_nodes(const YamlValue& nodes);
  Status load_kernel(const YamlValue& kernel);
  Status add_place(const YamlValue& text, Device::Part part, std::string kind, std::string id,
                   const VariableTypes& types, Pattern& pattern);

  std::vector<std::string> kind_names_;  // in the order of the file
  std::map<std::string, Kind, std::less<>> kinds_;
  std::map<std::string, std::string, std::less<>> frontend_kinds_;  // by backend kind
  Pattern frontend_;
  std::vector<Pattern> records_;
  std::string kernel_home_;
  std::vector<std::string> kernel_kinds_;  // of backends
  Nodes nodes_;
  Steps detach_;                     // of kinds without steps of their own
  std::vector<std::string> states_;  // by number
  // The first that matches counts: places of single kinds come first.
  std::vector<PartPlace> places_;
  PathTrie trie_;  // of their patterns
  std::size_t levels_ = 0;
};

}  // namespace xsaudit
