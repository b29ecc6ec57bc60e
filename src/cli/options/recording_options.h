// Options for facts that a recording does not contain: --input-format, --root-path, --domains. A
// plain value; any thread may read it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "schema/schema.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

class CommandLine;

// --domains: the domains that were running, if the recording does not record them. Numbers, or a
// file with the output of xl list or list_domains.
struct RunningDomains {
  std::vector<std::string> given;

  void add_to(CommandLine& app);
  // Reads the file, if one is named. Nothing if the option was not given.
  Result<std::optional<std::vector<Domid>>> read() const;
};

struct RecordingOptions {
  std::string form = "auto";
  std::string root_path;

  void add_to(CommandLine& app);
  // --privileged: domains with all access, in addition to domain 0.
  static void add_privileged(CommandLine& app, std::vector<Domid>& domains);
  // The options together with the schema's facts about every store.
  DumpOptions dump_options(const Schema& schema) const;
};

}  // namespace xsaudit
