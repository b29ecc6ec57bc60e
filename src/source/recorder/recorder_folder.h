// What a flight recorder has written: the segments of a folder, or one of them. Its files are
// opened before the program is confined, and read after that; they are not trusted.
//
// A moment is looked up in the order of recording: it belongs to the last segment in which it is
// recorded. This matters if the clock of the host was set back, so that a time was there twice. The
// store of a moment has all changes up to and including it. A moment that is not recorded, or only
// incompletely, has the last store before it, with a gap that says so. Used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/moment.h"
#include "source/recorder/changed_store.h"
#include "source/recorder/segment_format.h"
#include "source/recorder/segment_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

class RecorderFolder {
 public:
  // More than a recorder makes.
  static constexpr std::size_t kMostSegments = 2000;

  // Nothing if there is no segment in the folder.
  static Result<std::optional<RecorderFolder>> open(const std::string& path);
  // A single segment. Does not own the descriptor.
  static RecorderFolder of_segment(int descriptor, const std::string& name);
  // Whether a file begins like a segment. Reads from its beginning, and returns there.
  static bool is_segment(int descriptor);

  std::vector<int> descriptors() const;

  // The store at this moment; nothing: at the last one that is recorded. An error if nothing is
  // recorded at or before it.
  Result<Snapshot> read(std::optional<Moment> at);

  struct Event {
    enum class What : std::uint8_t {
      present,  // there when the recording begins
      appeared,
      changed,
      gone,
    };
    What what = What::present;
    Moment time;
    std::optional<Moment> since = {};  // it happened between this and `time`
    std::string path = {};
    NodeFacts before = {};
    NodeFacts after = {};
  };
  struct History {
    std::optional<Moment> begins;  // nothing if nothing can be read
    Moment ends;
    std::size_t segments = 0;
    std::vector<std::string> gaps;  // safe to print
    struct Node {
      std::string path;
      std::vector<Event> events;   // the newest, in the order of recording
      std::uint64_t left_out = 0;  // older ones
    };
    std::vector<Node> nodes;
  };
  // What happened to the nodes of these valid paths and below them; of each at most so many events.
  History history(const std::vector<std::string>& paths, std::size_t most_events);

 private:
  struct Segment {
    std::string name = {};
    std::uint64_t number = 0;
    FileDescriptor file = {};
    int descriptor = -1;
    // How it begins; nothing if that cannot be read.
    std::optional<Moment> begins = {};
    BeginReason reason = BeginReason::started;
    std::string why = {};
    std::string problem = {};  // why it cannot be read, or not to its end
  };
  // The store of a segment up to a moment.
  struct Replay {
    ChangedStore store;
    Moment last;             // of the last record that was used
    bool passed = false;     // there are later records
    bool continued = false;  // in the next segment, without a gap
    std::string gap = {};    // why the moment is recorded incompletely
  };

  void read_beginnings();
  std::optional<Replay> replay(Segment& segment, std::optional<Moment> at);
  bool follows(std::size_t index) const;
  bool covers(std::size_t index, const Replay& replay, Moment at) const;
  std::string gap_after(std::size_t index, Moment last) const;
  Error nothing_recorded(std::optional<Moment> at) const;

  std::string name_;
  std::vector<Segment> segments_;  // by number
  std::vector<std::string> gaps_;  // files that could not be opened
};

}  // namespace xsaudit
