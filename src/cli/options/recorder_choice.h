// The flight recorder of a watch, and its options: --record, --keep, --max-size. Its folder is
// opened before the program is confined (source/recorder/segment_keeper.h). Without --record all
// functions do nothing. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "source/recorder/segment_keeper.h"
#include "source/recorder/store_recorder.h"

namespace xsaudit {

class CommandLine;

class RecorderChoice {
 public:
  void add_to(CommandLine& app);

  bool given() const { return !folder_.empty(); }
  // Starts a process: to be called while there is one thread.
  Status open();
  bool wanted() const { return recorder_.has_value(); }
  std::vector<int> descriptors() const;

  // As of StoreRecorder; the functions return what a person should know, one line each.
  using Messages = std::vector<std::string>;
  Messages start(const Snapshot& store);
  Messages add(const StoreRecorder::Burst& burst, const Snapshot* store);
  // To be called often, with a time until which all changes were added.
  Messages tick(RecorderTime time);

 private:
  std::string folder_;
  std::string keep_ = "7d";
  std::string max_size_ = "1G";
  std::unique_ptr<SegmentKeeper> keeper_;  // null: nothing is recorded
  std::optional<StoreRecorder> recorder_;
};

// "90s", "15m", "12h", "7d", "2w"; nothing for any other text, and for 0.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
// "64M", "1G", "2T", in units of 1,024; without a unit bytes. Nothing for any other text.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace xsaudit
