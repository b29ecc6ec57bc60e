// A store that a command looks at, taken up in two steps around the confinement of the program
// (confinement_choice.h): the live store is connected to in the first and read in the second; a
// recording is opened in the first and read in the second. Owns what it opened. The steps are for
// one thread; different sources may take their second step in different threads.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "cli/host_probe.h"
#include "cli/live_store.h"
#include "source/recording/dump_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

class AuditInput {
 public:
  // Not connected to yet. `host` adds to the store what goes with it; null where nothing does. Both
  // must outlive the source.
  static AuditInput live(const LiveOptions& options, Progress& progress, HostLooker* host);
  static AuditInput recording(const std::string& name, DumpOptions options);  // "-": standard input

  const std::string& name() const { return name_; }
  // What must stay open for read(); -1 where nothing is open yet.
  int descriptor() const { return descriptor_; }
  // Connects to the live store; nothing for a recording. That it fails read() says.
  void connect(const std::string& user);

  // Once.
  Result<Snapshot> read();

 private:
  explicit AuditInput(std::string name) : name_(std::move(name)) {}

  std::string name_;
  FileDescriptor file_;
  int descriptor_ = -1;  // that of the file, or standard input
  DumpOptions options_;
  std::optional<Error> error_;  // what read() gives, where it is known already
  struct Live {
    LiveOptions options;
    Progress* progress;
    HostLooker* host;
    std::optional<LiveStore> store;
  };
  std::optional<Live> live_;
};

}  // namespace xsaudit
