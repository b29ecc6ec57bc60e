// What the user may say of recordings that they do not say themselves: --input-format, --at. A
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
  std::string at;

  void add_to(CommandLine& app);
  // --domains: which domains were alive, where a recording does not say.
  static void add_domains(CommandLine& app, std::vector<Domid>& domains);
  // With what the schema knows of every store.
  DumpOptions dump_options(const Schema& schema) const;
};

}  // namespace xsaudit
