// Decides when a walk yields the processor. A kernel lets a running process continue for
// milliseconds before it runs others that wait for the same processor, such as clients of the
// store, so the walk yields every few replies. If another process uses the whole processor, it
// comes back only after milliseconds, and a walk that kept yielding would take minutes. It then
// yields only for a small part of its time. Used by one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace xsaudit {

class YieldPolicy {
 public:
  using Clock = std::chrono::steady_clock;

  // To be called at each reply.
  bool due(Clock::time_point now) { return ++replies_ % kReplies == 0 && now >= next_; }

  // Records how long the walk did not run. Other clients and the daemon need less than kShort.
  void gave(Clock::time_point from, Clock::time_point until) {
    const auto away = until - from;
    if (away > kShort) next_ = until + kKept * away;
  }

 private:
  static constexpr std::uint64_t kReplies = 4;
  static constexpr auto kShort = std::chrono::milliseconds(1);
  static constexpr int kKept = 8;  // times as long as it was away

  std::uint64_t replies_ = 0;
  Clock::time_point next_{};
};

// Controls the load of a walk on the daemon. A daemon serves its connections in turn, one message
// each (xenstored core.c main, oxenstored xenstored.ml process_connection_fds), so another client
// waits for one message of each of the walk's connections, however many are queued behind it: the
// number of connections is what others notice, and what makes a daemon with many domains fast. The
// default uses as many as keep a turn of the daemon short compared with a lone request, whether the
// daemon itself is slow or others also send requests. Used by one thread.
struct Pace {
  const char* name;
  const char* description;
  std::size_t connections;
  std::size_t in_flight;  // on each connection
  std::size_t batch;      // replies after which it looks how long they took
  bool backs_off;         // fewer connections, so that a turn of the daemon stays short
  bool rests;             // pauses as long as it has been served
};

// The first is the default.
std::span<const Pace> paces();
const Pace* find_pace(std::string_view name);  // null if there is none

class RateController {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateController(const Pace& pace);

  // The duration of a lone request.
  void set_lone_reply_time(Clock::duration time) { lone_reply_time_ = time; }

  std::size_t connections() const { return connections_; }  // to use now, at least 1
  std::size_t in_flight() const { return pace_.in_flight; }

  // The time for which the daemon is certainly busy with so many requests; zero if it is too short
  // for sleeping.
  Clock::duration worth_sleeping(std::size_t unanswered) const;

  // Called for each reply. The caller must not send before pause_end().
  void reply_at(Clock::time_point now);
  Clock::time_point pause_end() const { return pause_end_; }

 private:
  void adjust(Clock::duration reply_time);

  const Pace& pace_;
  std::size_t connections_;
  Clock::duration lone_reply_time_ = std::chrono::minutes(1);  // not known: as slow as you like
  Clock::duration reply_time_{};     // between two replies of the last batch; zero before
  std::size_t replies_ = 0;          // of the present batch
  Clock::time_point batch_start_{};  // not set before the first
  Clock::time_point pause_end_{};
};

}  // namespace xsaudit
