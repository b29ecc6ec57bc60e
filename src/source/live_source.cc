#include "source/live_source.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/escape.h"
#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

using Kind = StoreRequest::Kind;
using Outcome = StoreReply::Outcome;

// xenstored core.c: the names outside the tree that have permissions.
constexpr std::array<std::string_view, 2> kSpecialNodes = {"@introduceDomain", "@releaseDomain"};

// What is asked of each node, in this order.
constexpr std::array<Kind, 3> kQuestions = {Kind::value, Kind::permissions, Kind::children};

const char* subject(Kind kind) {
  switch (kind) {
    case Kind::value: return "the value";
    case Kind::permissions: return "the permissions";
    default: return "the children";
  }
}

class LiveWalk {
 public:
  LiveWalk(StoreReader& reader, const WalkLimits& limits) : reader_(reader), limits_(limits) {
    info_.name = info_.kind = "live";
    info_.has_permissions = true;
  }

  Result<Snapshot> run() {
    to_ask_.push_back({kRootNode, 0});
    while (true) {
      while (in_flight_ < reader_.window() && anything_to_ask()) ask_next();
      if (in_flight_ == 0) break;
      reader_.receive(reply_);
      --in_flight_;
      take();
    }
    if (!root_listed_) return Error{"live store", "'/' cannot be listed: " + root_problem_, ""};
    return std::move(builder_).finish(std::move(info_), UnknownReason::not_recorded);
  }

 private:
  // A node of which something is still to be asked: kQuestions[question] and those after it.
  struct Unasked {
    NodeId node;
    std::size_t question;
  };
  bool anything_to_ask() const { return !to_ask_.empty() || next_special_ < kSpecialNodes.size(); }

  void ask_next() {
    if (next_special_ < kSpecialNodes.size()) {
      ask_special(kSpecialNodes[next_special_++]);
      return;
    }
    Unasked& next = to_ask_.back();
    const NodeId node = next.node;
    const Kind kind = kQuestions[next.question++];
    const bool dropped = builder_.dropped(node);
    if (dropped || next.question == kQuestions.size()) to_ask_.pop_back();
    if (!dropped) send(node, kind, builder_.draft().path(node));
  }

  // They have no value and no children. oxenstored lists them and needs no question of this kind.
  void ask_special(std::string_view name) {
    if (builder_.draft().child(kRootNode, name) != kNoNode) return;
    const NodeId node = builder_.child(kRootNode, name);
    builder_.set_value_unknown(node, UnknownReason::not_in_form);
    builder_.set_children(node, UnknownReason::known);
    send(node, Kind::permissions, std::string(name));
  }

  void send(NodeId node, Kind kind, std::string path) {
    const std::uint64_t tag = (std::uint64_t{node} << 8) | static_cast<std::uint64_t>(kind);
    reader_.send({.kind = kind, .path = std::move(path), .tag = tag});
    ++in_flight_;
  }

  void take() {
    if (reply_.outcome == Outcome::closed) stop("the connection was lost: " + reply_.problem);
    const auto node = static_cast<NodeId>(reply_.tag >> 8);
    const auto kind = static_cast<Kind>(reply_.tag & 0xff);
    if (builder_.dropped(node)) return;
    if (reply_.outcome != Outcome::ok) {
      take_failure(node, kind);
    } else if (kind == Kind::value) {
      builder_.set_value(node, reply_.value);
    } else if (kind == Kind::permissions) {
      builder_.set_permissions(node, reply_.permissions);
    } else {
      take_children(node);
    }
  }

  void take_failure(NodeId node, Kind kind) {
    if (node == kRootNode && kind == Kind::children) root_problem_ = to_text(reply_);
    if (reply_.outcome == Outcome::vanished && node != kRootNode) {
      builder_.drop(node);
      return;
    }
    // C xenstored gives the permissions of special nodes from Xen 4.18 (xen.git d6bb63924f).
    if (reply_.outcome == Outcome::invalid && builder_.draft().name(node).starts_with('@')) {
      builder_.set_permissions_unknown(node, UnknownReason::not_in_form);
      return;
    }
    if (kind == Kind::value) builder_.set_value_unknown(node, UnknownReason::unreadable);
    if (kind == Kind::permissions)
      builder_.set_permissions_unknown(node, UnknownReason::unreadable);
    if (kind == Kind::children) builder_.set_children(node, UnknownReason::unreadable);
    if (reply_.outcome != Outcome::closed)
      gap(node, std::string(subject(kind)) + ": " + to_text(reply_));
  }

  void take_children(NodeId node) {
    root_listed_ = root_listed_ || node == kRootNode;
    builder_.set_children(node, UnknownReason::known);
    const std::string path = builder_.draft().path(node);
    const std::size_t before = to_ask_.size();
    for (const std::string& name : reply_.children) add_child(node, path, name);
    if (stopped_) return;
    // The last is asked first.
    std::reverse(to_ask_.begin() + static_cast<std::ptrdiff_t>(before), to_ask_.end());
    if (node == kRootNode) next_special_ = 0;
  }

  // A name goes into a request only if it is one: a path that ends in "/" has crashed C xenstored
  // (XSA-481).
  void add_child(NodeId node, const std::string& path, const std::string& name) {
    if (stopped_) {
      builder_.set_children(node, UnknownReason::not_recorded);
      return;
    }
    const std::size_t length = (path == "/" ? 0 : path.size()) + 1 + name.size();
    if (!valid_name(name) || length > kMaxPathBytes) {
      gap(node, "a child cannot be asked for: '" + escape_shortened(name, 80) + "'");
      builder_.set_children(node, UnknownReason::unreadable);
      return;
    }
    const std::size_t size = builder_.size();
    if (size >= limits_.nodes) {
      builder_.set_children(node, UnknownReason::not_recorded);
      stop("the store has more than " + std::to_string(limits_.nodes) + " nodes");
      return;
    }
    const NodeId child = builder_.child(node, name);
    if (builder_.size() == size) {
      gap(node, "the child '" + name + "' was listed twice");
    } else {
      to_ask_.push_back({child, 0});
    }
  }

  void gap(NodeId node, std::string what) {
    info_.add_gap(escape_shortened(builder_.draft().path(node)), std::move(what));
  }

  // Nothing more is asked; what was not asked yet stays unknown.
  void stop(std::string why) {
    to_ask_.clear();
    next_special_ = kSpecialNodes.size();
    if (stopped_) return;
    stopped_ = true;
    info_.coverage = Coverage::excerpt;
    if (root_problem_.empty()) root_problem_ = why;
    info_.add_gap("live store", std::move(why));
  }

  StoreReader& reader_;
  const WalkLimits limits_;
  SnapshotBuilder builder_;
  SnapshotInfo info_;
  std::vector<Unasked> to_ask_;  // the next one last
  std::size_t next_special_ = kSpecialNodes.size();
  std::size_t in_flight_ = 0;
  StoreReply reply_;
  bool stopped_ = false;
  bool root_listed_ = false;
  std::string root_problem_;
};

}  // namespace

Result<Snapshot> read_live(StoreReader& reader, const WalkLimits& limits) {
  return LiveWalk(reader, limits).run();
}

void learn_introduced(StoreReader& reader, std::vector<Domid> candidates, Snapshot& snapshot) {
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<Domid> introduced;
  StoreReply reply;
  bool failed = false;
  std::size_t sent = 0;
  for (std::size_t taken = 0; taken < candidates.size(); ++taken) {
    for (; !failed && sent < candidates.size() && sent - taken < reader.window(); ++sent) {
      reader.send({.kind = Kind::introduced, .path = {}, .domid = candidates[sent], .tag = sent});
    }
    if (sent == taken) break;
    reader.receive(reply);
    if (reply.outcome == Outcome::ok) {
      if (reply.introduced) introduced.push_back(candidates[reply.tag]);
    } else if (!failed) {
      failed = true;
      snapshot.info().add_gap("live store", "whether domain " +
                                                std::to_string(candidates[reply.tag]) +
                                                " is introduced: " + to_text(reply));
    }
  }
  if (failed) return;
  std::sort(introduced.begin(), introduced.end());
  snapshot.info().introduced = std::move(introduced);
}

}  // namespace xsaudit
