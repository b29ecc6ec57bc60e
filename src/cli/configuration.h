// The values of options that the command line does not set: from /etc/xsaudit/config.yaml or the
// file of --config, a map from long option names to values. It contains no list of options; every
// option of the command can be set. Refers to the command's options, which must outlive it; used by
// one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"

namespace xsaudit {

class CommandLine;
enum class Authors;

class Configuration {
 public:
  // Adds --config and --show-config.
  void add_to(CommandLine& app);

  // Sets the options that the command line did not set from the file. To be called after parsing.
  // An unknown key or an invalid value is an error with its place.
  Status apply(CommandLine& app, Authors authors);

  bool show() const { return show_; }
  // Each option with its value and, in a comment, the origin of the value; the text is a valid
  // configuration file.
  std::string text(const CommandLine& app) const;

 private:
  std::string file_;
  bool show_ = false;
  std::map<std::string, std::string> places_;  // by long option: its place in the file
};

// Whose files may determine the behaviour of a command. A process of root that audits the live
// store works unattended with the rights of root, so only root may have written its files
// (host/confine/trusted_path.h). A command about recordings decides nothing about the host: there,
// only files in /etc/xsaudit are examined. Without the rights of root, no file is.
enum class Authors { any, root };

// Files that determine the program's behaviour: configuration, suppressions, baselines, schema,
// rules. Stateless; any thread.
Result<TextFile> read_trusted_file(const std::string& path, Authors authors);

// The *.yaml files in a directory, without its subdirectories.
Result<std::vector<TextFile>> read_trusted_directory(const std::string& directory, Authors authors);

}  // namespace xsaudit
