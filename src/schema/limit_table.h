// What a daemon lets an unprivileged domain have: how many nodes, how long a path. The defaults of
// each daemon and toolstack are read from YAML (schema/limits.yaml); set() puts another value in
// place of them. Safe to read from several threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot_info.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class LimitTable {
 public:
  static Result<LimitTable> load(const YamlValue& limits);

  // By daemon; nothing where it has no such limit. A toolstack may ship the daemon with limits of
  // its own: on its hosts these count instead.
  struct Limit {
    std::optional<std::int64_t> xenstored;
    std::optional<std::int64_t> oxenstored;
    std::map<std::string, std::int64_t, std::less<>> by_profile = {};
  };
  const Limit* find(std::string_view name) const;  // null if there is none of this name
  std::vector<std::string_view> names() const;

  // For every daemon. 0 means no limit, as it does for xenstored.
  void set(std::string_view name, std::int64_t value);

 private:
  std::map<std::string, Limit, std::less<>> limits_;
};

}  // namespace xsaudit
