#include "support/fake_store_reader.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "store/path.h"

namespace xsaudit {

void FakeStoreReader::add(const std::string& path, const std::string& value,
                          const std::string& permissions) {
  const bool listed = path.front() == '/';
  if (listed && path != "/") {
    const std::string parent(parent_path(path));
    if (nodes_.count(parent) == 0) add(parent, "", "n0");
    auto& siblings = nodes_[parent].children;
    const std::string name(last_name(path));
    if (std::find(siblings.begin(), siblings.end(), name) == siblings.end())
      siblings.push_back(name);
  }
  nodes_[path].value = value;
  nodes_[path].permissions = *parse_permissions(permissions);
}

void FakeStoreReader::list(const std::string& parent, const std::string& name) {
  nodes_.at(parent).children.push_back(name);
}

void FakeStoreReader::fail(StoreRequest::Kind kind, const std::string& path,
                           StoreReply::Outcome outcome) {
  path_failures_[{kind, path}] = outcome;
}

void FakeStoreReader::lose(const std::string& path) {
  auto& siblings = nodes_.at(std::string(parent_path(path))).children;
  siblings.erase(std::remove(siblings.begin(), siblings.end(), last_name(path)), siblings.end());
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    const bool below = at->first == path || at->first.compare(0, path.size() + 1, path + '/') == 0;
    at = below ? nodes_.erase(at) : std::next(at);
  }
}

StoreReply FakeStoreReader::answer(const StoreRequest& request) {
  StoreReply reply;
  reply.tag = request.tag;
  reply.outcome = StoreReply::Outcome::ok;
  if (const auto failure = failures_.find(requests_); failure != failures_.end())
    reply.outcome = failure->second;
  if (const auto failure = path_failures_.find({request.kind, request.path});
      failure != path_failures_.end())
    reply.outcome = failure->second;
  closed_ = closed_ || reply.outcome == StoreReply::Outcome::closed;
  if (closed_) reply.outcome = StoreReply::Outcome::closed;
  if (reply.outcome != StoreReply::Outcome::ok) {
    reply.problem = "set to fail";
    return reply;
  }
  if (request.kind == StoreRequest::Kind::introduced) {
    reply.introduced = introduced_.count(request.domid) > 0;
    return reply;
  }
  const auto& nodes = moment_ ? *moment_ : nodes_;
  const auto node = nodes.find(request.path);
  if (node == nodes.end()) {
    reply.outcome = StoreReply::Outcome::vanished;
    return reply;
  }
  if (request.kind == StoreRequest::Kind::children) {
    for (const std::string& name : node->second.children) reply.children += name + '\0';
  }
  if (request.kind == StoreRequest::Kind::value) reply.value = node->second.value;
  if (request.kind == StoreRequest::Kind::permissions) reply.permissions = node->second.permissions;
  return reply;
}

StoreReply FakeStoreReader::daemon_answer(const StoreRequest& request) const {
  StoreReply reply;
  reply.tag = request.tag;
  reply.outcome = StoreReply::Outcome::failed;
  if (closed_) reply.outcome = StoreReply::Outcome::closed;
  const auto known = daemon_.find({request.question, request.domid});
  if (closed_ || known == daemon_.end()) return reply;
  reply.outcome = StoreReply::Outcome::ok;
  reply.value = known->second;
  return reply;
}

void FakeStoreReader::send(StoreRequest request) {
  if (request.kind == StoreRequest::Kind::daemon) {
    ++daemon_requests_;
    replies_.push_back(daemon_answer(request));
    most_in_flight_ = std::max(most_in_flight_, replies_.size());
    if (replies_.size() > window_) throw std::logic_error("more in flight than the window");
    return;
  }
  if (request.kind != StoreRequest::Kind::introduced && !valid_path(request.path) &&
      request.path.front() != '@')
    throw std::logic_error("an invalid path was asked for: " + request.path);
  ++requests_;
  if (const auto loss = losses_.find(requests_); loss != losses_.end()) lose(loss->second);
  if (const auto event = events_.find(requests_); event != events_.end()) event->second();
  replies_.push_back(answer(request));
  most_in_flight_ = std::max(most_in_flight_, replies_.size());
  if (replies_.size() > window_) throw std::logic_error("more in flight than the window");
}

void FakeStoreReader::receive(StoreReply& reply) {
  if (replies_.empty()) throw std::logic_error("nothing was asked");
  std::size_t next = 0;
  if (random_) next = std::uniform_int_distribution<std::size_t>(0, replies_.size() - 1)(*random_);
  reply = std::move(replies_[next]);
  replies_.erase(replies_.begin() + static_cast<std::ptrdiff_t>(next));
}

Status FakeStoreReader::watch(Watched what) {
  if (!watchable_) return Error{"live store", "set to fail", ""};
  watched_ = true;
  watched_everything_ = watched_everything_ || what == Watched::everything;
  return ok();
}

Status FakeStoreReader::begin_transaction() {
  if (!transactions_) return Error{"live store", "set to fail", ""};
  if (lost_transactions_ == 0) moment_ = nodes_;
  return ok();
}

Status FakeStoreReader::end_transaction() {
  moment_.reset();
  if (lost_transactions_ == 0) return ok();
  --lost_transactions_;
  return Error{"live store", "it was lost", ""};
}

Result<StoreChanges> FakeStoreReader::changes() {
  if (!replies_.empty()) throw std::logic_error("changes were asked for with requests in flight");
  if (closed_) return Error{"live store", "closed", ""};
  return std::exchange(changes_, {});
}

}  // namespace xsaudit
