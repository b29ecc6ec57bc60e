// The parts of a status report of XenServer or XCP-ng (xen-bugtool of xenserver/status-report) that
// an audit reads: the listing of the store, the living domains, Xen's version and the log of
// oxenstored. A report is an archive or a folder; both give their files to this class one by one.
// Nothing is written to disk. Used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "source/recording/dump_reader.h"

namespace xsaudit {

class ReportParts {
 public:
  // Logs are kept in memory until all are there, because they are read in the order of their times.
  // xen-bugtool packs at most 70 MB of all logs.
  static constexpr std::size_t kMostLogBytes = std::size_t{128} << 20;

  // `name`: of the report, for messages.
  ReportParts(std::string name, const DumpOptions& options);

  // Whether a file of this name is a part that is read. Only the last component counts.
  static bool wanted(std::string_view path);
  // Reads a wanted file. `modified`: in seconds since 1970.
  Status add(std::string_view path, ByteSource& bytes, std::optional<std::int64_t> modified);
  // Something of the report that was not read; `what` is safe to print.
  void add_gap(std::string what) { gaps_.push_back(std::move(what)); }
  bool has_listing() const { return snapshot_.has_value(); }

  // The store, with everything else that was found. An error if the report has no listing.
  Result<Snapshot> finish(std::int64_t now) &&;

 private:
  struct LogText {
    std::string name;
    std::string text;
    std::optional<std::int64_t> modified;
  };
  Status add_listing(const std::string& name, ByteSource& bytes);
  Status add_log(const std::string& name, ByteSource& bytes, std::optional<std::int64_t> modified);
  void add_log_to(SnapshotInfo& info, std::int64_t now);

  std::string name_;
  DumpOptions options_;
  std::optional<Snapshot> snapshot_;
  std::optional<std::string> domains_;
  std::string version_;  // "4.17.3"
  std::vector<LogText> logs_;
  std::size_t log_bytes_ = 0;
  std::vector<std::string> gaps_;
};

}  // namespace xsaudit
