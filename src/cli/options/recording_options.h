// Options about facts that a recording does not contain: --input-format,
// --root-path. A
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
  // With what the schema knows of every store.
  DumpOptions dump_options(const Schema& schema) const;
};

}  // namespace xsaudit
