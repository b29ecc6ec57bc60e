// The format of `xsaudit snapshot`: all facts of a Snapshot, its gaps and unknown facts included,
// as lines of printable ASCII. Functions without state; any thread.
//
// clang-format off
//   xsaudit snapshot 1            the name and the version of the format
//   host dom0.example             facts about the whole store, one in each line
//   time 2026-11-21T09:35:24Z
//   daemon xenstored              or oxenstored, unknown
//   consistency one-moment        or moved, unknown
//   coverage whole                or excerpt, or subtree and its path
//   permissions yes               whether the recording has any
//   introduced 0 1 5              omitted if unknown
//   target 5 1                    a stub domain and the domain it acts for
//   any-domid yes                 whether entries for 32757 apply to every domain; omitted if unknown
//   clients yes no                whether the watches and the transactions of the daemon's clients are
//                                 listed; omitted, with the lines below, if nothing of them is known
//   limit nodes 1000              a limit that the daemon reported
//   limit-of 5 nodes 2000         the same for one domain
//   watch-count 5 12              the number of watches of a domain, where they are not listed
//   transactions 5 1              the number of open transactions of a domain
//   watch 5 /local/domain         a watch, of a domain or ("-") of another client
//   gap PLACE WHAT                missing data, one line each, as far as they were kept
//   gaps 3                        the number of all gaps
//   nodes 3                       the number of the following lines
//   0 / n0 . =                    depth, name, permissions, children, value
//   1 tool n0,r1! . =a value\n
//   1 vm ?unreadable ?cut ?filtered
//   end
//   processes 5120                the number of the following bytes, in the format of
//                                 host/facts/process_record.h; omitted without host facts
// clang-format on
//
// A node's line follows its parent's, one level deeper. "=" begins a value, "?" the reason of an
// unknown fact; "." means that all children follow. '!' marks a stale entry of a permission list.
// Texts are escaped as by base/escape.h; a text that is not the last of its line has no blanks.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/snapshot.h"
#include "store/snapshot_info.h"

namespace xsaudit {

inline constexpr std::size_t kMaxHostRecordBytes = std::size_t{256} << 20;

// dump_reader.h reads it.
std::string write_recording(const Snapshot& store);

// The output of `xenstore-ls -fp /` for the same store, byte for byte. Permissions of "/" and of
// the special nodes are left out, like all other facts without a place in that format.
std::string write_listing(const Snapshot& store);

// The texts of single facts, as in a node's line. The recorder's segments have the same.
std::string recorded_word(std::string_view bytes);  // without blanks
std::string recorded_permissions(const Permissions& permissions);
// Removes the text up to the next blank, and the blank.
std::string_view take_recorded_word(std::string_view& line);
// False if the text is not such a list.
bool parse_recorded_permissions(std::string_view text, Permissions& permissions);
// The reason in "?cut"; nothing for any other text.
std::optional<UnknownReason> parse_recorded_reason(std::string_view text);

// The words in recordings for the enumerators of a snapshot. Constants; any thread.
inline constexpr std::string_view kRecordingFirstWords = "xsaudit snapshot ";
inline constexpr std::string_view kRecordingVersion = "1";

template <typename Value, std::size_t kCount>
struct Words {
  std::array<std::pair<Value, std::string_view>, kCount> pairs;

  std::string_view of(Value value) const {
    for (const auto& [candidate, word] : pairs) {
      if (candidate == value) return word;
    }
    return {};
  }
  std::optional<Value> value(std::string_view word) const {
    for (const auto& [candidate, own] : pairs) {
      if (own == word) return candidate;
    }
    return std::nullopt;
  }
};

inline constexpr Words<UnknownReason, 7> kReasonWords = {{{
    {UnknownReason::not_in_form, "not-in-form"},
    {UnknownReason::not_given, "not-given"},
    {UnknownReason::not_recorded, "not-recorded"},
    {UnknownReason::not_covered, "not-covered"},
    {UnknownReason::unreadable, "unreadable"},
    {UnknownReason::cut, "cut"},
    {UnknownReason::filtered, "filtered"},
}}};

inline constexpr Words<Daemon, 3> kDaemonWords = {{{
    {Daemon::unknown, "unknown"},
    {Daemon::cxenstored, "xenstored"},
    {Daemon::oxenstored, "oxenstored"},
}}};

inline constexpr Words<Consistency, 3> kConsistencyWords = {{{
    {Consistency::unknown, "unknown"},
    {Consistency::one_moment, "one-moment"},
    {Consistency::moved, "moved"},
}}};

inline constexpr Words<Coverage, 3> kCoverageWords = {{{
    {Coverage::whole, "whole"},
    {Coverage::subtree, "subtree"},
    {Coverage::excerpt, "excerpt"},
}}};

}  // namespace xsaudit
