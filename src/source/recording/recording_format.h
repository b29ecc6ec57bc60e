// Our own form of a recorded store: all that a Snapshot knows, its gaps and unknowns included, in
// lines of printable ASCII. Functions without state; any thread.
//
//   xsaudit snapshot 1            what this is, and the version of the form
//   host dom0.example             then what is known of the whole, one fact a line
//   time 2026-11-21T09:35:24Z
//   daemon xenstored              or oxenstored, unknown
//   consistency one-moment        or moved, unknown
//   coverage whole                or excerpt, or subtree and its path
//   permissions yes               whether the recording has any
//   introduced 0 1 5              left out where that is not known
//   target 5 1                    a stub domain and the domain it acts for
//   any-domid yes                 whether entries for 32757 speak for every domain; left out where
//                                 that is not known
//   gap PLACE WHAT                what is missing, one a line, as far as they were kept
//   gaps 3                        how many there were
//   nodes 3                       how many lines follow
//   0 / n0 . =                    depth, name, permissions, children, value
//   1 tool n0,r1! . =a value\n
//   1 vm ?unreadable ?cut ?filtered
//   end
//   processes 5120                how many bytes follow, which are host/facts/process_record.h's;
//   left out
//                                 where nothing was recorded of the host beside the store
//
// A node's line follows its parent's, one level deeper. "=" begins a value, "?" a reason why
// something is not known; "." says that all children follow. '!' marks a stale entry of a
// permission list. Texts are escaped as escape.h does; those that another follows have no blanks.
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

// To be read by dump_reader.h.
std::string write_recording(const Snapshot& store);

// The output of `xenstore-ls -fp /` for the same store, byte for byte. Permissions of "/" and of
// the special nodes are left out, like all other facts without a place in that format.
std::string write_listing(const Snapshot& store);

// The words that recordings use for what a snapshot can say, by its enumerators. Constants; any
// thread.
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
