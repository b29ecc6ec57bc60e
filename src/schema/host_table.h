// Facts of the host that belong to domains of a store: the nodes that name processes and users, the
// arguments that identify a device model, the users it may run as, and the files with the
// toolstack's configuration of domains. Read from YAML (schema/processes.yaml);
// audit/host_questions.h derives the questions for one store from it. Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "schema/pattern.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

struct HostTable {
  static Result<HostTable> load(const YamlValue& host, const VariableTypes& types);

  std::vector<Pattern> processes;  // nodes that hold the number of a process; with $DOMID
  std::vector<Pattern> uids;       // nodes that hold the number of a user
  // A process with one of these arguments belongs to some domain.
  std::vector<std::string> arguments;
  std::vector<std::string> users;  // names; $DOMID in one stands for each domain
  std::vector<std::string> users_of(Domid domid) const;
  // Users whose uid begins a range with one uid for each domid.
  std::vector<std::string> range_bases;
  // The toolstack's own record of a domain, a JSON file: its path, with $DOMID and $UUID, the
  // values to read (JSON pointers), and those of them that are names of users.
  std::string record;
  std::vector<std::string> record_values;
  std::vector<std::string> record_users;
  // The configuration file of a daemon, of this one alone; empty if there is none.
  std::string settings;
  Daemon settings_daemon = Daemon::unknown;
};

}  // namespace xsaudit
