// A store that a command reads, in two steps around the confinement of the program
// (confinement_choice.h). A live store is connected to in the first and read in the second; a
// recording is opened in the first and read in the second. A folder is an unpacked status report,
// or what a flight recorder wrote. Owns the open connection or file. The steps are for one thread;
// different inputs may take their second step in different threads.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "cli/host_probe.h"
#include "cli/live_store.h"
#include "source/archive/report_folder.h"
#include "source/recorder/recorder_folder.h"
#include "source/recording/dump_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

class DeferredSnapshot;

class AuditInput {
 public:
  // The live store, not connected yet. `host` adds the host facts to the snapshot; null: without
  // host facts. `second_reading`, if there is one, learns of a transaction. All must outlive the
  // input.
  static AuditInput live(const LiveOptions& options, Progress& progress, HostProbe* host,
                         DeferredSnapshot* second_reading = nullptr);
  // "-": standard input. "DIR@TIME": what a flight recorder recorded at that time; `moment`, if not
  // empty, is such a TIME as well (base/moment.h). `host`, if not empty, is the name of standard
  // input in reports, and of the host if the recording does not contain it.
  static AuditInput recording(const std::string& name, DumpOptions options,
                              const std::string& host = {}, const std::string& moment = {});

  const std::string& name() const { return name_; }
  // The descriptors that must stay open for read().
  std::vector<int> descriptors() const;
  // Connects to the live store; does nothing for a recording. read() returns an error of this step.
  void connect(const ConfinementChoice& confinement);

  // To be called once.
  Result<Snapshot> read();

 private:
  explicit AuditInput(std::string name) : name_(std::move(name)) {}
  Status open(const std::string& path);
  Result<Snapshot> read_recording();

  std::string name_;
  std::string host_;
  FileDescriptor file_;
  int descriptor_ = -1;                 // the file, or standard input
  std::optional<ReportFolder> folder_;  // a status report that was unpacked
  std::optional<RecorderFolder> recorder_;
  std::optional<Moment> moment_;
  DumpOptions options_;
  std::optional<Error> error_;  // the error that read() will return
  struct Live {
    LiveOptions options;
    Progress* progress;
    HostProbe* host;
    DeferredSnapshot* second_reading;
    std::optional<LiveStore> store;
  };
  std::optional<Live> live_;
};

// Confines the program between the two steps of `inputs`: they are open or connected afterwards,
// and ready for read(). `keep` stays open as well. An error as of ConfinementChoice::confine().
Status confine(const ConfinementChoice& confinement, std::span<AuditInput> inputs,
               std::vector<int> keep = {});

}  // namespace xsaudit
