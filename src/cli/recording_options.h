// What the user may say of recordings that they do not say themselves: --input-format, --at. A
// plain value; any thread may read it.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "schema/schema.h"
#include "source/dump_options.h"

namespace xsaudit {

struct RecordingOptions {
  std::string form = "auto";
  std::string at;

  void add_to(CLI::App& app);
  // With what the schema knows of every store.
  DumpOptions dump_options(const Schema& schema) const;
};

}  // namespace xsaudit
