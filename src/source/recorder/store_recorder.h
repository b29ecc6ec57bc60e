// The flight recorder: writes the store and its changes into segments (segment_format.h), which are
// written once and removed as the oldest. It keeps the store that it has recorded so far.
//
// If a file cannot be written, recording stops, is tried again now and then, and continues with a
// new segment; what happened meanwhile is lost, and both the watch and the recording say so. The
// bytes of all files never exceed `most_bytes`. A guest that writes without a pause must not push
// the past out of the recording within minutes: in an hour at most an eighth of `most_bytes` is
// written, after which recording pauses.
//
// The files must outlive it. Used by one thread. The times are arguments, so that a test has a
// clock of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "source/recorder/changed_store.h"
#include "source/recorder/segment_files.h"
#include "source/recorder/segment_format.h"
#include "store/node_change.h"
#include "store/snapshot.h"

namespace xsaudit {

// A moment by both clocks: that of the changes, which is never set, and that of people.
struct RecorderTime {
  std::chrono::steady_clock::time_point steady;
  Moment wall;

  static RecorderTime now();
};

struct RecorderLimits {
  std::chrono::seconds keep = std::chrono::hours(7 * 24);
  std::uint64_t most_bytes = std::uint64_t{1} << 30;

  // Of these bytes a segment takes at most a sixteenth before the next one begins, and counts as
  // this much at least, which bounds the number of files.
  static constexpr std::uint64_t kMostFiles = 512;
  static constexpr std::uint64_t kLeastBytes = std::uint64_t{16} << 20;
  std::uint64_t segment_bytes() const { return most_bytes / 16; }
  std::uint64_t least_charge() const { return most_bytes / kMostFiles; }
  std::uint64_t hourly_bytes() const { return most_bytes / 8; }
  // So old it gets before the next one begins: so many changes are read for a moment at most.
  std::chrono::seconds segment_age() const {
    return std::max<std::chrono::seconds>(std::chrono::hours(1), keep / 256);
  }
};

class StoreRecorder {
 public:
  // The recording says at least this often that nothing has changed.
  static constexpr auto kAlive = std::chrono::seconds(5);
  // A clock that is set back by less does not make a new segment.
  static constexpr auto kTolerance = std::chrono::seconds(1);

  // `present`: the files of earlier recorders, by number. `host` is its name.
  StoreRecorder(SegmentFiles& files, const std::vector<SegmentFile>& present, RecorderLimits limits,
                std::string host);

  // What happened to the store since the last call.
  struct Burst {
    const std::vector<NodeChange>& changes;
    bool missed = false;  // for some time changes were not seen
    std::uint64_t left_out = 0;
  };
  void start(const Snapshot& store, RecorderTime now);
  // `store`: the store after the burst, if it may have changed in other ways as well; else null.
  void add(const Burst& burst, const Snapshot* store, RecorderTime now);
  // To be called at next_tick(), with a time until which all changes were added.
  void tick(RecorderTime now);
  std::chrono::steady_clock::time_point next_tick() const { return next_tick_; }

  // What a person should know of it, since the last call; safe to print.
  std::vector<std::string> take_messages() { return std::exchange(messages_, {}); }

 private:
  enum class State : std::uint8_t { recording, failed, paused };
  struct File {
    std::uint64_t number;
    std::uint64_t bytes;
    Moment written;
  };

  Moment wall_time(std::chrono::steady_clock::time_point steady, RecorderTime now);
  Moment age_time(RecorderTime now) const;
  void note_clock(RecorderTime now);
  void add_gap(const Burst& burst, RecorderTime now);
  void add_changes(const std::vector<NodeChange>& changes, RecorderTime now);
  bool compare(const Snapshot& store, RecorderTime now);
  void add_facts(const SnapshotInfo& info, RecorderTime now);
  void finish_burst(RecorderTime now);
  void begin_segment(BeginReason reason, RecorderTime now);
  void end_segment(EndReason reason, RecorderTime now);
  bool write(const std::string& bytes, RecorderTime now);
  bool make_room(std::uint64_t bytes);
  void remove_old(RecorderTime now);
  bool remove_oldest();
  std::uint64_t charged() const;
  void refill(RecorderTime now);
  void stop(State state, const std::string& why, RecorderTime now);

  SegmentFiles& files_;
  const RecorderLimits limits_;
  const std::string host_;
  std::vector<std::string> messages_;
  std::deque<File> present_;  // by number; while recording the last is written
  std::uint64_t last_number_ = 0;

  std::optional<ChangedStore> store_;  // with all changes, recorded or lost
  std::string facts_;                  // the text of the last record of facts
  State state_ = State::recording;
  std::string why_;  // it does not record
  Moment lost_since_;
  std::chrono::seconds retry_after_{};
  std::chrono::steady_clock::time_point retry_at_;

  SegmentPacker packer_;
  Moment last_time_;  // of the last record
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point written_at_;
  std::chrono::steady_clock::time_point next_tick_;

  RecorderTime first_;                               // the first call, from which ages are counted
  std::optional<std::chrono::microseconds> offset_;  // between the clocks, at the last call
  std::int64_t budget_ = 0;                          // bytes that may be written now
  std::chrono::steady_clock::time_point refilled_;
};

}  // namespace xsaudit
