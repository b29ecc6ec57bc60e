// The folder of a flight recorder. A process of its own makes, writes and removes the segments: the
// program is confined and can do none of these. That process is confined as well: it can only make
// new files and remove files (seccomp_filter.h), names them by the numbers that it is given, and
// does not interpret what it writes. It ends with the program, after what it has received.
//
// The folder is made if it does not exist. It must belong to root or to the user of the program,
// and no one else may write it; its files are open to their owner only. One recorder at a time uses
// it. If the disk does not answer for kPatience, the call is an error. Used by one thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "source/recorder/segment_files.h"

namespace xsaudit {

class SegmentKeeper : public SegmentFiles {
 public:
  static constexpr std::chrono::milliseconds kPatience{2000};

  // Forks: to be called while there is one thread, before the program is confined.
  static Result<std::unique_ptr<SegmentKeeper>> start(const std::string& folder);

  // The segments that were there, by number.
  const std::vector<SegmentFile>& present() const { return present_; }
  // The descriptor that must stay open.
  int descriptor() const { return socket_.get(); }

  Status create(std::uint64_t number) override;
  Status append(std::string_view bytes) override;
  Status remove(std::uint64_t number) override;

 private:
  explicit SegmentKeeper(std::string folder) : folder_(std::move(folder)) {}
  Status list(int directory);
  Status order(char what, std::uint64_t number, std::string_view bytes, const char* failed);

  const std::string folder_;
  std::vector<SegmentFile> present_;
  FileDescriptor socket_;
  std::uint64_t orders_ = 0;
  std::uint64_t current_ = 0;  // the number of the segment that is written
};

}  // namespace xsaudit
