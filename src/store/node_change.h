// A change of one node of a store that is followed: what was known of it before, and after; and the
// states in between that a series of changes went through. Plain values; functions without state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "store/permissions.h"
#include "store/snapshot.h"

namespace xsaudit {

// What is known of a node. The value is raw bytes.
struct NodeFacts {
  bool present = false;
  std::string value = {};
  UnknownReason value_unknown = UnknownReason::known;
  Permissions permissions = {};  // empty if they are not known
  UnknownReason permissions_unknown = UnknownReason::known;
  bool operator==(const NodeFacts&) const = default;
};

NodeFacts facts_of(const Snapshot& store, NodeId node);

struct NodeChange {
  std::string path;
  NodeFacts before;
  NodeFacts after;
  std::chrono::steady_clock::time_point time{};  // when it was read
};

// A state that a node had for a time, and has no longer.
struct PassingState {
  std::string path;
  NodeFacts facts;
  std::uint64_t times = 0;             // how often
  std::chrono::microseconds lasted{};  // altogether, as far as it was seen
};

// The states that nodes had after one of the changes, which are in their order, and which are
// neither what they were before all of them nor what they are now. Only nodes that are there before
// and after are considered: a device or a domain that comes and goes is in many states that mean
// nothing.
std::vector<PassingState> passing_states(const std::vector<NodeChange>& changes);

}  // namespace xsaudit
