// The words that recordings use for what a snapshot can say, by its enumerators. Constants; any
// thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "store/snapshot_info.h"

namespace xsaudit {

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
