// What a command's options are where the command line does not say: /etc/xsaudit/config.yaml, or
// the file of --config, a map from long options to their values. Knows no option by itself;
// whatever the command defines can be set. Refers to the command's options, which must outlive it;
// used by one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"

namespace xsaudit {

class CommandLine;

class Configuration {
 public:
  // --config, --show-config
  void add_to(CommandLine& app);

  // After the command line was parsed: gives the options that it left out what the file says. An
  // unknown key or a value that the option does not take is an error with its place.
  Status apply(CommandLine& app);

  bool show() const { return show_; }
  // Each option with its value and, in a comment, where that came from; itself such a file.
  std::string text(const CommandLine& app) const;

 private:
  std::string file_;
  bool show_ = false;
  std::map<std::string, std::string> places_;  // by long option: where the file sets it
};

// Files that decide what the program does: configuration, suppressions, baselines, schema, rules.
// As root they are only read where nobody but root may have written them
// (host/confine/trusted_path.h). Stateless; any thread.
Result<TextFile> read_trusted_file(const std::string& path);

// The *.yaml files right in a directory.
Result<std::vector<TextFile>> read_trusted_directory(const std::string& directory);

}  // namespace xsaudit
