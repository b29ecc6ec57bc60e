// How long one judging of a store may take, and how far it has come. Every part of it whose length
// a guest can choose counts its steps here: items of a list, matches of a search, levels of a path,
// bytes of a text. The clock is read once in some thousand steps. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "host/facts/host_facts.h"
#include "schema/schema.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

class JudgingClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limit {
    std::chrono::seconds most{0};  // 0: no limit
    std::function<Time()> now = std::chrono::steady_clock::now;
  };

  explicit JudgingClock(const Limit& limit) : limit_(limit) {
    if (limit_.most.count() > 0) end_ = limit_.now() + limit_.most;
  }

  // Counts some steps; false once the time is up.
  bool step(std::uint64_t steps = 1) {
    steps_ += steps;
    if (steps_ >= next_reading_) read();
    return !over_;
  }
  // Reads the clock at once.
  void read() {
    next_reading_ = steps_ + kStepsBetweenReadings;
    over_ = over_ || (limit_.most.count() > 0 && limit_.now() >= end_);
  }

  // What is left of the limit, and a second at least.
  Limit rest() const {
    Limit rest = limit_;
    if (limit_.most.count() == 0) return rest;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end_ - limit_.now());
    rest.most = left.count() > 0 ? left : std::chrono::seconds(1);
    return rest;
  }

  bool over() const { return over_; }
  std::uint64_t steps() const { return steps_; }
  std::chrono::seconds most() const { return limit_.most; }

 private:
  static constexpr std::uint64_t kStepsBetweenReadings = 4096;

  const Limit limit_;
  Time end_;
  std::uint64_t steps_ = 0;
  std::uint64_t next_reading_ = kStepsBetweenReadings;
  bool over_ = false;
};

// All that a rule may ask about: one snapshot and what was worked out from it. Views; what they
// point to must outlive them. Any thread may read them.

// Nodes that a rule says hold a secret (secret_nodes.h).
using SecretNodes = std::unordered_set<NodeId>;

struct Facts {
  const Snapshot& snapshot;
  const Access& access;
  const Schema& schema;
  const Liveness& liveness;
  // The profile that every domain counts as; nothing: as the store shows.
  std::optional<ProfileTable::Index> profile = std::nullopt;
  const LimitTable* quota = nullptr;  // null: the daemon's defaults, which the schema has
  const HostFacts* host = nullptr;    // null: nobody looked at the host
  const std::vector<std::string>* required = nullptr;  // what the audit was told to insist on
  const SecretNodes* secrets = nullptr;                // null: no rule says so of any
  // Whether messages may hold secrets.
  bool show_secrets = false;

  // Whether the value of the node is a secret, to the schema or to a rule. Whoever shows a value,
  // or what can be worked back to one, asks first.
  bool secret(NodeId node) const;
  // The same with other domains alive.
  Facts with(const Liveness& other) const {
    Facts facts{snapshot, access, schema, other, profile};
    facts.quota = quota;
    facts.host = host;
    facts.required = required;
    facts.secrets = secrets;
    facts.show_secrets = show_secrets;
    return facts;
  }
};

}  // namespace xsaudit
