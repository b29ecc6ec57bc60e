#include "source/recorder/store_recorder.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "base/wording.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

// A record of changes ends after that many bytes: a line more does not make it too long.
constexpr std::size_t kChangesBytes = kMaxRecordBytes / 2;
// However well the changes of a segment are packed, reading them must not take minutes.
constexpr std::uint64_t kMostUnpacked = std::uint64_t{512} << 20;
// A line says in 32 bits how many microseconds before its record a change was.
constexpr auto kLongestRecord = std::chrono::minutes(1);
constexpr auto kFirstRetry = seconds(10);
constexpr auto kLastRetry = seconds(300);

Snapshot copied(const Snapshot& store) {
  return SnapshotBuilder::of(store).finish(store.info(), UnknownReason::not_recorded);
}

// The text of a record of facts: a snapshot without nodes.
std::string facts_text(SnapshotInfo info) {
  info.time.reset();
  info.host_facts.reset();
  info.host_record.reset();
  return write_recording(SnapshotBuilder().finish(std::move(info), UnknownReason::not_recorded));
}

bool same_gaps(const SnapshotInfo& one, const SnapshotInfo& other) {
  return one.gap_count == other.gap_count &&
         std::equal(
             one.gaps.begin(), one.gaps.end(), other.gaps.begin(), other.gaps.end(),
             [](const auto& a, const auto& b) { return a.place == b.place && a.what == b.what; });
}

}  // namespace

RecorderTime RecorderTime::now() {
  return {.steady = std::chrono::steady_clock::now(),
          .wall = std::chrono::floor<microseconds>(std::chrono::system_clock::now())};
}

StoreRecorder::StoreRecorder(SegmentFiles& files, const std::vector<SegmentFile>& present,
                             RecorderLimits limits, std::string host)
    : files_(files), limits_(limits), host_(std::move(host)) {
  for (const SegmentFile& file : present) {
    present_.push_back({.number = file.number, .bytes = file.bytes, .written = file.written});
    last_number_ = std::max(last_number_, file.number);
  }
}

void StoreRecorder::start(const Snapshot& store, RecorderTime now) {
  first_ = now;
  refilled_ = now.steady;
  budget_ = static_cast<std::int64_t>(limits_.hourly_bytes());
  note_clock(now);
  store_.emplace(copied(store));
  begin_segment(BeginReason::started, now);
}

// The wall time of something that happened before `now`; never before the last record.
Moment StoreRecorder::wall_time(std::chrono::steady_clock::time_point steady, RecorderTime now) {
  return std::max(last_time_, now.wall - duration_cast<microseconds>(now.steady - steady));
}

// A clock that is set forward makes no file older.
Moment StoreRecorder::age_time(RecorderTime now) const {
  return first_.wall + duration_cast<microseconds>(now.steady - first_.steady);
}

void StoreRecorder::note_clock(RecorderTime now) {
  const auto offset =
      now.wall.time_since_epoch() - duration_cast<microseconds>(now.steady.time_since_epoch());
  const bool set_back = offset_ && offset < *offset_ - kTolerance;
  offset_ = offset;
  if (!set_back) return;
  messages_.push_back("the clock was set back to " + moment_text(now.wall) +
                      ": the recording continues with a new segment");
  if (state_ != State::recording) return;
  end_segment(EndReason::continued, now);
  if (state_ == State::recording) begin_segment(BeginReason::clock, now);
}

void StoreRecorder::add(const Burst& burst, const Snapshot* store, RecorderTime now) {
  RecorderTime first = now;
  if (!burst.changes.empty()) {
    first.steady = std::min(now.steady, burst.changes.front().time);
    first.wall -= duration_cast<microseconds>(now.steady - first.steady);
  }
  note_clock(first);
  if (state_ == State::recording) add_gap(burst, now);
  add_changes(burst.changes, now);
  const bool whole = store != nullptr && compare(*store, now);
  if (state_ == State::recording) finish_burst(now);
  if (!whole) return;
  store_.emplace(copied(*store));
  if (state_ != State::recording) return;
  end_segment(EndReason::continued, now);
  if (state_ == State::recording) begin_segment(BeginReason::rotated, now);
}

// Adds what else has changed. Returns whether there are differences that no record can say: then
// they are in the store at the beginning of the next segment.
bool StoreRecorder::compare(const Snapshot& store, RecorderTime now) {
  const bool whole =
      !same_gaps(store_->info(), store.info()) || !store_->same_children_known(store);
  std::vector<NodeChange> unseen = store_->difference(store);
  for (NodeChange& change : unseen) change.time = now.steady;
  add_changes(unseen, now);
  add_facts(store.info(), now);
  return whole;
}

void StoreRecorder::add_gap(const Burst& burst, RecorderTime now) {
  if (!burst.missed && burst.left_out == 0) return;
  const Moment until = std::max(last_time_, now.wall);
  const std::string why =
      burst.missed ? "the watch was stopped or too slow" : "they came faster than they were kept";
  packer_.add(RecordKind::gap, last_time_, moment_text(until) + ' ' + why + '\n');
}

void StoreRecorder::add_changes(const std::vector<NodeChange>& changes, RecorderTime now) {
  std::string lines;
  std::vector<RecordedChange> together;
  Moment time = last_time_;
  std::size_t bytes = 0;
  const auto write_together = [&] {
    if (together.empty()) return;
    for (const RecordedChange& change : together) lines += write_change(change, time);
    packer_.add(RecordKind::changes, time, lines);
    last_time_ = time;
    lines.clear();
    together.clear();
    bytes = 0;
  };
  for (const NodeChange& change : changes) {
    if (state_ == State::recording) {
      const Moment at = std::max(time, wall_time(change.time, now));
      const bool far = !together.empty() && at - together.front().time > kLongestRecord;
      if (bytes > kChangesBytes || far) write_together();
      time = at;
      together.push_back({.time = at, .path = change.path, .facts = change.after});
      // Escaped, a byte takes up to four; an entry of permissions some ten.
      bytes += 64 + change.path.size() + 4 * change.after.value.size() +
               20 * change.after.permissions.size();
    }
    store_->apply(change.path, change.after);
  }
  write_together();
}

void StoreRecorder::add_facts(const SnapshotInfo& info, RecorderTime now) {
  const auto time = store_->info().time;
  store_->info() = info;
  store_->info().time = time;
  if (store_->info().host.empty()) store_->info().host = host_;
  std::string text = facts_text(store_->info());
  if (text == facts_) return;
  facts_ = std::move(text);
  if (state_ != State::recording || facts_.size() > kMaxRecordBytes) return;
  last_time_ = std::max(last_time_, now.wall);
  packer_.add(RecordKind::facts, last_time_, facts_);
}

// Writes what was packed; then the next segment begins if it is time.
void StoreRecorder::finish_burst(RecorderTime now) {
  if (!write(packer_.flush(), now)) return;
  if (budget_ < 0) {
    end_segment(EndReason::paused, now);
    if (state_ != State::recording) return;
    return stop(State::paused, "an eighth of --max-size was written within an hour", now);
  }
  const bool large = present_.back().bytes >= limits_.segment_bytes() ||
                     packer_.unpacked() >= kMostUnpacked || facts_.size() > kMaxRecordBytes;
  if (!large && now.steady - begun_ < limits_.segment_age()) return;
  end_segment(EndReason::continued, now);
  if (state_ == State::recording) begin_segment(BeginReason::rotated, now);
}

void StoreRecorder::end_segment(EndReason reason, RecorderTime now) {
  packer_.add(RecordKind::end, last_time_, std::string(kEndWords.of(reason)) + '\n');
  write(packer_.finish(), now);
}

void StoreRecorder::begin_segment(BeginReason reason, RecorderTime now) {
  remove_old(now);
  store_->merge();
  store_->info().time = std::chrono::floor<seconds>(now.wall).time_since_epoch().count();
  if (store_->info().host.empty()) store_->info().host = host_;
  facts_ = facts_text(store_->info());
  last_time_ = reason == BeginReason::rotated ? std::max(last_time_, now.wall) : now.wall;
  packer_ = SegmentPacker();
  std::string begin(kBeginWords.of(reason));
  if (reason == BeginReason::resumed) begin += ' ' + escape(why_);
  packer_.add(RecordKind::begin, last_time_, begin + '\n');
  packer_.add(RecordKind::store, last_time_, write_recording(store_->snapshot()));
  const std::string bytes = packer_.flush();
  begun_ = now.steady;
  if (bytes.size() > limits_.segment_bytes()) {
    return stop(State::failed,
                "a segment begins with the whole store, which takes " +
                    std::to_string(bytes.size()) +
                    " bytes: --max-size must be at least 16 times that",
                now);
  }
  // The new file counts as its least size from now on.
  const std::uint64_t charge = std::max<std::uint64_t>(bytes.size(), limits_.least_charge());
  Status written = make_room(charge) ? ok() : Error{"", "older segments cannot be removed", ""};
  const std::uint64_t number = last_number_ + 1;
  if (written) written = files_.create(number);
  if (written) {
    last_number_ = number;
    present_.push_back({.number = number, .bytes = 0, .written = age_time(now)});
    written = files_.append(bytes);
    // Half a store is of no use.
    if (!written && files_.remove(number)) present_.pop_back();
  }
  if (!written) return stop(State::failed, written.error().text(), now);
  present_.back().bytes = bytes.size();
  budget_ -= static_cast<std::int64_t>(charge);
  written_at_ = now.steady;
  if (reason == BeginReason::resumed) {
    messages_.push_back("recording continues; changes from " + moment_text(lost_since_) + " to " +
                        moment_text(now.wall) + " were not recorded");
  }
  state_ = State::recording;
  retry_after_ = {};
  next_tick_ = now.steady + kAlive;
}

bool StoreRecorder::write(const std::string& bytes, RecorderTime now) {
  if (bytes.empty()) return true;
  refill(now);
  File& file = present_.back();
  const std::uint64_t least = limits_.least_charge();
  const std::uint64_t before = std::max(file.bytes, least);
  const std::uint64_t more = std::max(file.bytes + bytes.size(), least) - before;
  if (!make_room(more)) {
    stop(State::failed,
         "the changes take more than --max-size, or older segments cannot be removed", now);
    return false;
  }
  const Status written = files_.append(bytes);
  file.bytes += bytes.size();  // or a part of them
  if (!written) {
    stop(State::failed, written.error().text(), now);
    return false;
  }
  file.written = age_time(now);
  budget_ -= static_cast<std::int64_t>(more);
  written_at_ = now.steady;
  next_tick_ = now.steady + kAlive;
  return true;
}

// Ends the segment, as far as that is possible, until tick() makes a new one.
void StoreRecorder::stop(State state, const std::string& why, RecorderTime now) {
  const bool first = state_ == State::recording || why != why_;
  if (state_ == State::recording) lost_since_ = last_time_;
  state_ = state;
  why_ = why;
  retry_after_ = std::clamp<seconds>(retry_after_ * 2, kFirstRetry, kLastRetry);
  retry_at_ = next_tick_ = now.steady + retry_after_;
  if (first) {
    messages_.push_back("the store is not recorded from " + moment_text(lost_since_) +
                        " on: " + why + "; it is tried again");
  }
}

void StoreRecorder::tick(RecorderTime now) {
  note_clock(now);
  refill(now);
  if (state_ == State::recording) {
    if (now.steady - written_at_ >= kAlive) {
      last_time_ = std::max(last_time_, now.wall);
      packer_.add(RecordKind::alive, last_time_, "");
      finish_burst(now);
    }
    if (state_ == State::recording) next_tick_ = now.steady + kAlive;
    return;
  }
  if (now.steady < retry_at_) return;
  const bool affordable = budget_ >= static_cast<std::int64_t>(limits_.hourly_bytes() / 8);
  if (!affordable) {
    retry_at_ = next_tick_ = now.steady + kFirstRetry;
    return;
  }
  begin_segment(BeginReason::resumed, now);
}

void StoreRecorder::refill(RecorderTime now) {
  const auto passed = duration_cast<std::chrono::milliseconds>(now.steady - refilled_).count();
  if (passed <= 0) return;
  const auto most = static_cast<std::int64_t>(limits_.hourly_bytes());
  constexpr std::int64_t kHour = 3'600'000;
  refilled_ = now.steady;
  budget_ = std::min(most, budget_ + static_cast<std::int64_t>(static_cast<double>(most) *
                                                               static_cast<double>(passed) /
                                                               static_cast<double>(kHour)));
}

std::uint64_t StoreRecorder::charged() const {
  std::uint64_t sum = 0;
  for (const File& file : present_) sum += std::max(file.bytes, limits_.least_charge());
  return sum;
}

bool StoreRecorder::remove_oldest() {
  const bool removed = files_.remove(present_.front().number).ok();
  if (removed) present_.pop_front();
  return removed;
}

// Removes the oldest files until so many bytes more have room; never the last.
bool StoreRecorder::make_room(std::uint64_t bytes) {
  const std::size_t keep = state_ == State::recording ? 1 : 0;
  while (charged() + bytes > limits_.most_bytes) {
    if (present_.size() <= keep || !remove_oldest()) return false;
  }
  return true;
}

void StoreRecorder::remove_old(RecorderTime now) {
  const Moment oldest = age_time(now) - limits_.keep;
  while (!present_.empty() && present_.front().written < oldest && remove_oldest()) {
  }
}

}  // namespace xsaudit
