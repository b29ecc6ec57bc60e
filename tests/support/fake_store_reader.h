// A store reader with a small tree in memory. It counts requests, checks that they are valid, fails
// at chosen requests, and can lose nodes in the middle of a walk. Used by one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "source/live/store_reader.h"

namespace xsaudit {

class FakeStoreReader : public StoreReader {
 public:
  explicit FakeStoreReader(std::size_t window = 1) : window_(window) { nodes_["/"]; }

  // Adds a node, and its ancestors if need be; "@…" adds a special node that is not listed.
  void add(const std::string& path, const std::string& value, const std::string& permissions);
  // A name that "/a/b" answers with among its children, however odd, and nothing else.
  void list(const std::string& parent, const std::string& name);
  void introduce(Domid domid) { introduced_.insert(domid); }
  // Its daemon refuses all other questions.
  void answer_with(DaemonQuestion question, Domid domid, const std::string& answer) {
    daemon_[{question, domid}] = answer;
  }

  // The `request`-th request, counted from 1, has this outcome.
  void fail_at(std::size_t request, StoreReply::Outcome outcome) { failures_[request] = outcome; }
  // Every request of this kind for this path has this outcome.
  void fail(StoreRequest::Kind kind, const std::string& path, StoreReply::Outcome outcome);
  // Just before the `request`-th request, the node goes, with all below it.
  void vanish_at(std::size_t request, const std::string& path) { losses_[request] = path; }
  // Just before the `request`-th request the store changes; the reader has noticed only the changes
  // passed to note_change().
  void happens_at(std::size_t request, std::function<void()> what) {
    events_[request] = std::move(what);
  }
  void note_change(const std::string& path) { changes_.paths.push_back(path); }
  void note_all_changed() { changes_.all = true; }
  void note_missed() { changes_.all = changes_.missed = true; }
  void note_introduced() { changes_.introduced = true; }
  void remove(const std::string& path) { lose(path); }
  void refuse_to_watch() { watchable_ = false; }
  void set_any_domid(bool counts) { any_domid_ = counts; }
  int asked_for_any_domid() const { return asked_for_any_domid_; }
  std::optional<bool> any_domid() override {
    ++asked_for_any_domid_;
    return any_domid_;
  }
  void allow_transactions() { transactions_ = true; }
  // The next so many do not last.
  void lose_transactions(int count) { lost_transactions_ = count; }
  // Replies come in an order drawn from this seed.
  void shuffle(unsigned seed) { random_ = std::mt19937(seed); }

  void set_longest_list(std::size_t) override {}  // its lists are short
  void set_deadline(std::chrono::steady_clock::time_point /*deadline*/) override {}
  std::size_t window() const override { return window_; }
  void send(StoreRequest request) override;
  void receive(StoreReply& reply) override;
  Status watch(Watched what) override;
  Result<StoreChanges> changes() override;
  Result<StoreChanges> await_changes() override { return changes(); }
  Status begin_transaction() override;
  Status end_transaction() override;
  void keep_one_connection() override {}
  void unwatch() override { watched_ = false; }
  bool abandoned() const override { return false; }

  bool watched() const { return watched_; }
  bool watched_everything() const { return watched_everything_; }
  std::size_t requests() const { return requests_; }  // for the store
  std::size_t daemon_requests() const { return daemon_requests_; }
  std::size_t most_in_flight() const { return most_in_flight_; }

 private:
  std::map<std::pair<DaemonQuestion, Domid>, std::string> daemon_;
  std::size_t daemon_requests_ = 0;
  struct Node {
    std::string value;
    Permissions permissions;
    std::vector<std::string> children;
  };
  StoreReply answer(const StoreRequest& request);
  StoreReply daemon_answer(const StoreRequest& request) const;
  void lose(const std::string& path);

  std::size_t window_;
  std::map<std::string, Node> nodes_;
  std::set<Domid> introduced_;
  std::optional<bool> any_domid_;
  int asked_for_any_domid_ = 0;
  std::map<std::size_t, StoreReply::Outcome> failures_;
  std::map<std::pair<StoreRequest::Kind, std::string>, StoreReply::Outcome> path_failures_;
  std::map<std::size_t, std::string> losses_;
  std::map<std::size_t, std::function<void()>> events_;
  StoreChanges changes_;
  bool watchable_ = true;
  bool watched_ = false;
  bool watched_everything_ = false;
  bool transactions_ = false;
  int lost_transactions_ = 0;
  std::optional<std::map<std::string, Node>> moment_;  // what the open transaction sees
  std::optional<std::mt19937> random_;
  std::vector<StoreReply> replies_;
  std::size_t requests_ = 0;
  std::size_t most_in_flight_ = 0;
  bool closed_ = false;
};

}  // namespace xsaudit
