// The quotas of a daemon for an unprivileged domain: number of nodes, length of a path. The
// defaults of each daemon and toolstack are read from YAML (schema/limits.yaml); set() replaces a
// value. Safe to read from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/pattern.h"
#include "schema/permission_template.h"
#include "store/snapshot.h"
#include "store/snapshot_info.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class LimitTable {
 public:
  // Where a value comes from, by growing trust.
  enum class Source : std::uint8_t { schema, configuration, daemon, given };

  static Result<LimitTable> load(const YamlValue& limits);

  // By daemon; nothing if the daemon has no such limit. A toolstack may ship the daemon with limits
  // of its own: on its hosts these replace the daemon's.
  struct Limit {
    std::optional<std::int64_t> xenstored;
    std::optional<std::int64_t> oxenstored;
    std::map<std::string, std::int64_t, std::less<>> by_profile = {};
    std::vector<std::string> reported = {};  // the names by which daemons report it
    std::string configured = {};             // its key in the daemon's configuration
    Source source = Source::schema;
  };
  const Limit* find(std::string_view name) const;  // null if there is none of this name
  std::vector<std::string_view> names() const;

  // For every daemon. 0 means no limit, as it does for xenstored.
  void set(std::string_view name, std::int64_t value, Source source);
  // The limits that the daemon reported, by its names.
  void set_reported(const ClientState::Limits& reported);
  // The limits in the daemon's configuration, by its keys. Values that are not numbers are ignored.
  void set_configured(const std::map<std::string, std::string>& settings);

 private:
  std::map<std::string, Limit, std::less<>> limits_;
};

// Profiles: the toolstacks, each with its own layout of a domain's part of the store, and the
// evidence in the store that identifies the toolstack of a domain. Read from YAML
// (schema/profiles.yaml); no toolstack is known to C++. The evidence consists of nodes that no
// guest can create or change, so a guest cannot choose by which profile it is judged. Immutable;
// any thread.
class ProfileTable {
 public:
  using LoadForm = std::function<Result<PermissionTemplate>(const YamlValue&)>;
  // `load_form` reads permissions, which may go by a name.
  static Result<ProfileTable> load(const YamlValue& profiles, const VariableTypes& types,
                                   const LoadForm& load_form);

  struct Profile {
    std::string name;
    std::string description;
  };
  const std::vector<Profile>& profiles() const { return profiles_; }

  // The profile by its index; nothing if the marks are not known.
  using Index = std::size_t;
  // The profile of domain 0 and of nodes that belong to no domain.
  std::optional<Index> of_host(const Snapshot& snapshot) const;
  // The profile of a domain: by its own marks, else the host's.
  std::optional<Index> of_domain(const Snapshot& snapshot, Domid domid) const;

 private:
  // A node that is there, that has these permissions, or that is not there.
  struct Mark {
    Pattern node;
    std::optional<PermissionTemplate> permissions;
    bool absent = false;
  };
  using Marks = std::vector<Mark>;  // all of them hold
  static Result<Marks> load_marks(const YamlValue& list, bool of_domain, const VariableTypes& types,
                                  const LoadForm& load_form);
  static Presence shown(const Snapshot& snapshot, const Mark& mark, Domid domid);
  static Presence shown(const Snapshot& snapshot, const Marks& marks, Domid domid);

  std::vector<Profile> profiles_;  // in the order of the file: the first whose marks hold counts
  std::vector<std::optional<Marks>> domain_marks_;
  std::vector<std::optional<Marks>> host_marks_;
};

}  // namespace xsaudit
