// A segment is one file of the flight recorder (`xsaudit watch --record DIR`): the whole store at
// its beginning, and the changes since. Functions without state, and plain values; any thread.
//
// clang-format off
//   xsaudit recorder 1                                  the name and the version of the format
//   begin 1 2026-11-29T03:35:01.123456Z 8 6e6b4e1c      a record: its kind, number, time, the bytes
//   started                                             of its text and their checksum; the text
//   store 2 2026-11-29T03:35:01.123456Z 51234 9ae0daaf  the whole store
//   xsaudit snapshot 1                                  as in recording_format.h
//   …
//   changes 3 2026-11-29T03:35:02.000400Z 78 1c291ca3
//   400 /local/domain/1/data/x n1,r0 =5                 microseconds before the record's time, path,
//   0 /tool ?unreadable ?cut                            permissions, value; as in recording_format.h
//   0 /vm/1 gone                                        with all nodes below it
//   facts 4 2026-11-29T03:35:02.000400Z 180 d1ab4093    the facts about the whole store, if they
//   xsaudit snapshot 1                                  changed: a snapshot without nodes
//   …
//   gap 5 2026-11-29T03:35:02.000400Z 55 0ff1ce00       some changes from this time until another
//   2026-11-29T03:35:04.000000Z the program was stopped are not recorded
//   alive 6 2026-11-29T03:35:12.000000Z 0 00c0ffee      nothing has changed until then
//   end 7 2026-11-29T04:35:01.000000Z 10 5ca1ab1e
//   continued                                           or paused: recording is resumed later
// clang-format on
//
// All of it is one zstd stream that is flushed after each burst of changes. Numbers grow by one and
// times never fall within a segment. "begin" says why the segment begins: started, rotated (the one
// before was large or old), clock (the clock of the host was set back), or resumed and the reason
// of the pause. A segment without "end" was the last of a program that ended, or is still being
// written. Texts are escaped as by base/escape.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/moment.h"
#include "source/recording/recording_format.h"
#include "store/node_change.h"

namespace xsaudit {

inline constexpr std::string_view kSegmentFirstLine = "xsaudit recorder 1";
// Of a record's text, except that of "store".
inline constexpr std::size_t kMaxRecordBytes = std::size_t{2} << 20;

// "recorder-0000000017.zst", and its number; nothing for any other name.
std::string segment_name(std::uint64_t number);
std::optional<std::uint64_t> parse_segment_name(std::string_view name);

enum class RecordKind : std::uint8_t { begin, store, facts, changes, gap, alive, end };
inline constexpr Words<RecordKind, 7> kRecordWords = {{{
    {RecordKind::begin, "begin"},
    {RecordKind::store, "store"},
    {RecordKind::facts, "facts"},
    {RecordKind::changes, "changes"},
    {RecordKind::gap, "gap"},
    {RecordKind::alive, "alive"},
    {RecordKind::end, "end"},
}}};

enum class BeginReason : std::uint8_t { started, rotated, clock, resumed };
inline constexpr Words<BeginReason, 4> kBeginWords = {{{
    {BeginReason::started, "started"},
    {BeginReason::rotated, "rotated"},
    {BeginReason::clock, "clock"},
    {BeginReason::resumed, "resumed"},
}}};

enum class EndReason : std::uint8_t { continued, paused };
inline constexpr Words<EndReason, 2> kEndWords = {{{
    {EndReason::continued, "continued"},
    {EndReason::paused, "paused"},
}}};

struct RecordHead {
  RecordKind kind = RecordKind::alive;
  std::uint64_t number = 0;
  Moment time;
  std::uint64_t bytes = 0;
  std::uint32_t checksum = 0;
};

// The checksum (CRC-32) covers the head without it, and then the text.
std::uint32_t begin_checksum(const RecordHead& head);
std::uint32_t add_to_checksum(std::uint32_t checksum, std::string_view text);
std::string write_head(const RecordHead& head);  // with its newline
std::optional<RecordHead> parse_head(std::string_view line);

struct RecordedChange {
  Moment time;
  std::string path;
  NodeFacts facts;  // after it
};

// The line of a change in a record of that time.
std::string write_change(const RecordedChange& change, Moment record_time);
std::optional<RecordedChange> parse_change(std::string_view line, Moment record_time);

// Packs records. Used by one thread.
class SegmentPacker {
 public:
  SegmentPacker();
  SegmentPacker(SegmentPacker&&) noexcept;
  SegmentPacker& operator=(SegmentPacker&&) noexcept;
  ~SegmentPacker();

  void add(RecordKind kind, Moment time, std::string_view text);
  // The bytes of all that was added since the last call, complete without what follows.
  std::string flush();
  // The same, and the end of the stream.
  std::string finish();

  std::uint64_t unpacked() const { return unpacked_; }

 private:
  void pack(std::string_view bytes, int how);

  std::unique_ptr<void, void (*)(void*)> context_;
  std::uint64_t number_ = 0;
  std::uint64_t unpacked_ = 0;
  std::string packed_;
};

}  // namespace xsaudit
