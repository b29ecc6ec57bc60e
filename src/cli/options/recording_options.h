// Options for facts that a recording does not contain: --input-format, --root-path, --domains. A
// plain value; any thread may read it.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

class CommandLine;

struct RecordingOptions {
  std::string form = "auto";
  std::string root_path;

  void add_to(CommandLine& app);
  // --domains: the domains that were running, if the recording does not record them.
  static void add_domains(CommandLine& app, std::vector<Domid>& domains);
  // --privileged: domains with all access, in addition to domain 0.
  static void add_privileged(CommandLine& app, std::vector<Domid>& domains);
  // The options together with the schema's facts about every store.
  DumpOptions dump_options(const Schema& schema) const;
};

}  // namespace xsaudit
