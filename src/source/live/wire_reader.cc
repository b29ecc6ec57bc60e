#include "source/live/wire_reader.h"

extern "C" {  // the header does not say it
#include <xenstore.h>
#include <xenstore_lib.h>
}

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/escape.h"
#include "base/number_text.h"
#include "source/live/wire_exchange.h"

namespace xsaudit {
namespace {

// If directories that arrive in parts need more memory than this, only one of them continues at a
// time, so that at most this and one whole list are held. In real stores such lists have a few
// parts.
constexpr std::size_t kMaxPartsBytes = std::size_t{4} * 1024 * 1024;

// A reply longer than this is handled before the next one is taken.
constexpr std::size_t kLongReply = std::size_t{64} * 1024;

// The name and the arguments of a question. Only these are ever sent (xenstored control.c,
// domain.c; oxenstored process.ml, do_debug): none of them has a word that sets anything.
std::string daemon_payload(const StoreRequest& request) {
  const std::string domid = with_zero(std::to_string(request.domid));
  switch (request.question) {
    case DaemonQuestion::limits: return with_zero("quota");
    case DaemonQuestion::soft_limits: return with_zero("quota-soft");
    case DaemonQuestion::domain: return with_zero("quota") + domid;
    case DaemonQuestion::watches: return with_zero("watches");
    case DaemonQuestion::node_limit: return domid + with_zero("nodes");
    case DaemonQuestion::watch_limit: return domid + with_zero("watches");
  }
  return {};
}

std::uint32_t type_of(const StoreRequest& request) {
  switch (request.kind) {
    case StoreRequest::Kind::children: return XS_DIRECTORY;
    case StoreRequest::Kind::value: return XS_READ;
    case StoreRequest::Kind::permissions: return XS_GET_PERMS;
    case StoreRequest::Kind::introduced: return XS_IS_DOMAIN_INTRODUCED;
    case StoreRequest::Kind::daemon: break;
  }
  const bool of_one_domain = request.question == DaemonQuestion::node_limit ||
                             request.question == DaemonQuestion::watch_limit;
  return of_one_domain ? kGetQuota : std::uint32_t{XS_CONTROL};
}

// Whether the payload of a reply to such a request is valid.
bool take_payload(std::uint32_t type, std::string_view payload, StoreReply& reply) {
  switch (type) {
    case XS_DIRECTORY: return take_names(payload, reply);
    case XS_GET_PERMS: return take_permissions(payload, reply);
    case XS_IS_DOMAIN_INTRODUCED: return take_introduced(payload, reply);
    default: reply.value = payload; return true;
  }
}

std::optional<std::uint32_t> number_and_zero(std::string_view text) {
  std::uint32_t value = 0;
  if (!take_number(text, value) || text != std::string_view("\0", 1)) return std::nullopt;
  return value;
}

std::string part_payload(const WireRequest& request) {
  return with_zero(request.path) + with_zero(std::to_string(request.parts->offset()));
}

}  // namespace

std::string WireReader::way_to_daemon() {
  const char* const socket = ::xs_daemon_socket();
  if (socket == nullptr) return {};
  // A socket at which no daemon listens is not a reason to ask a device: it would not answer
  // either. With XENSTORED_PATH the way is that one, whichever of both it is (xen.git
  // tools/libs/store/xs.c).
  if (::access(socket, F_OK) == 0 || errno != ENOENT) return socket;
  if (std::getenv("XENSTORED_PATH") != nullptr) return socket;
  for (const char* const device : {"/dev/xen/xenbus", "/proc/xen/xenbus"}) {
    if (::access(device, F_OK) == 0) return device;
  }
  return socket;
}

Result<std::unique_ptr<WireReader>> WireReader::open(const std::string& way, const Pace& pace,
                                                     Clock::time_point deadline,
                                                     std::shared_ptr<ChangeWatcher> watcher) {
  XSAUDIT_ASSIGN(auto exchange, WireExchange::open(way, pace, deadline));
  return std::unique_ptr<WireReader>(
      new WireReader(std::move(exchange), deadline, std::move(watcher)));
}

void WireReader::set_deadline(Clock::time_point deadline) {
  deadline_ = deadline;
  exchange_.set_deadline(deadline);
}

void WireReader::set_longest_list(std::size_t bytes) {
  longest_list_ = std::min(bytes, WireConnection::kMaxListBytes);
}

// The median of a few requests: a single one may be faster than most, or have waited for a
// processor.
void WireReader::measure() {
  if (std::exchange(measured_, true)) return;
  std::array<Clock::duration, 9> times;
  for (auto& time : times) {
    const auto start = Clock::now();
    if (!ask(XS_READ, with_zero("/"))) return;
    time = Clock::now() - start;
  }
  std::sort(times.begin(), times.end());
  exchange_.set_lone_reply_time(times[times.size() / 2]);
}

void WireReader::send(StoreRequest request) {
  measure();
  if (!exchange_.problem().empty()) {
    answer_closed(request.tag);
    return;
  }
  WireRequest own;
  own.type = type_of(request);
  own.tag = request.tag;
  const std::string payload =
      request.kind == StoreRequest::Kind::daemon
          ? daemon_payload(request)
          : with_zero(request.kind == StoreRequest::Kind::introduced ? std::to_string(request.domid)
                                                                     : request.path);
  if (own.type == XS_DIRECTORY) own.path = std::move(request.path);
  exchange_.send(std::move(own), payload);
}

void WireReader::receive(StoreReply& reply) {
  if (watcher_) watcher_->alive();
  if (ready_.empty()) exchange_.rest();
  while (ready_.empty() && step()) {
  }
  std::swap(reply, ready_.front());
  ready_.pop_front();
  exchange_.yield_processor();
}

StoreReply WireReader::reply_to(std::uint32_t type, std::string_view payload) {
  if (exchange_.problem().empty()) {
    WireRequest own;
    own.type = type;
    exchange_.send(std::move(own), payload);
  }
  while (ready_.empty() && step()) {
  }
  StoreReply reply;
  if (!exchange_.problem().empty()) {
    ready_.clear();
    reply.outcome = StoreReply::Outcome::closed;
    reply.problem = exchange_.problem();
    return reply;
  }
  reply = std::move(ready_.front());
  ready_.pop_front();
  return reply;
}

Result<std::string> WireReader::ask(std::uint32_t type, std::string_view payload) {
  StoreReply reply = reply_to(type, payload);
  if (reply.outcome == StoreReply::Outcome::closed) {
    return Error{"live store", reply.problem, ""};
  }
  if (reply.outcome != StoreReply::Outcome::ok) return Error{"live store", to_text(reply), ""};
  return std::move(reply.value);
}

bool WireReader::step() {
  if (!take_arrived()) {
    exchange_.wait();
    take_arrived();
  }
  if (exchange_.problem().empty()) return true;
  for (const WireRequest& request : exchange_.take_unanswered()) answer_closed(request.tag);
  for (const WireRequest& request : parts_waiting_) answer_closed(request.tag);
  parts_waiting_.clear();
  return false;
}

// False where nothing has arrived.
bool WireReader::take_arrived() {
  bool any = false;
  WireExchange::Arrival arrival;
  while (exchange_.next(arrival)) {
    any = true;
    take_reply(std::move(arrival.request), arrival.message);
    ask_for_waiting_parts();
    exchange_.yield_processor();
    if (arrival.message.payload.size() > kLongReply) break;
  }
  return any;
}

void WireReader::take_reply(WireRequest request, const WireMessage& message) {
  StoreReply reply;
  reply.tag = request.tag;
  reply.outcome = StoreReply::Outcome::ok;
  if (request.parts) {
    --parts_asked_;
    parts_bytes_ -= request.parts->offset();
  }
  if (message.type == XS_ERROR) {
    take_error(message.payload, reply);
    if (request.type == XS_DIRECTORY && reply.outcome == StoreReply::Outcome::too_large &&
        ask_for_part(request, reply)) {
      return;
    }
    // The error of a daemon that does not know the request.
    if (request.type == XS_DIRECTORY_PART && reply.outcome != StoreReply::Outcome::vanished &&
        reply.outcome != StoreReply::Outcome::refused) {
      reply.outcome = StoreReply::Outcome::too_large;
    }
  } else if (request.type == XS_DIRECTORY_PART) {
    if (!take_part(request, message.payload, reply)) return;
  } else if (!take_payload(request.type, message.payload, reply)) {
    reply.outcome = StoreReply::Outcome::failed;
    reply.problem = "the answer is not valid: '" + escape_shortened(message.payload, 40) + "'";
  }
  if (request.parts && reply.outcome != StoreReply::Outcome::ok) {
    reply.discarded = request.parts->received();
  }
  ready_.push_back(std::move(reply));
}

// False where more is to come.
bool WireReader::take_part(WireRequest& request, std::string_view payload, StoreReply& reply) {
  reply.outcome = StoreReply::Outcome::failed;
  switch (request.parts->take(payload, longest_list_)) {
    case DirectoryParts::State::more: return !ask_for_part(request, reply);
    case DirectoryParts::State::never_steady: reply.problem = "it keeps changing"; break;
    case DirectoryParts::State::too_long:
      reply.problem = "the names have more than " + std::to_string(longest_list_) + " bytes";
      break;
    case DirectoryParts::State::complete:
      if (take_names(request.parts->names(), reply)) {
        reply.outcome = StoreReply::Outcome::ok;
        return true;
      }
      [[fallthrough]];
    case DirectoryParts::State::wrong: reply.problem = "a part of the answer has no meaning"; break;
  }
  return true;
}

// False, with the outcome, if the question would be longer than a message may be: then the daemon
// would end the connection.
bool WireReader::ask_for_part(WireRequest& request, StoreReply& reply) {
  if (!request.parts) request.parts = std::make_unique<DirectoryParts>();
  request.type = XS_DIRECTORY_PART;
  if (part_payload(request).size() > XENSTORE_PAYLOAD_MAX) {
    reply.outcome = StoreReply::Outcome::too_large;
    return false;
  }
  parts_bytes_ += request.parts->offset();
  if (parts_asked_ > 0 && parts_bytes_ > kMaxPartsBytes) {
    parts_waiting_.push_back(std::move(request));
  } else {
    send_part_request(std::move(request));
  }
  return true;
}

void WireReader::ask_for_waiting_parts() {
  while (!parts_waiting_.empty() && (parts_asked_ == 0 || parts_bytes_ <= kMaxPartsBytes)) {
    WireRequest request = std::move(parts_waiting_.front());
    parts_waiting_.pop_front();
    send_part_request(std::move(request));
  }
}

void WireReader::send_part_request(WireRequest request) {
  ++parts_asked_;
  const std::string payload = part_payload(request);
  exchange_.send(std::move(request), payload);
}

Status WireReader::watch(Watched what) {
  if (!watcher_) return Error{"live store", "no process watches it", ""};
  return watcher_->watch(what, deadline_);
}

// Bytes after the last reply can show that the peer is not a daemon.
Result<StoreChanges> WireReader::changes() {
  if (!exchange_.problem().empty()) return Error{"live store", exchange_.problem(), ""};
  return watcher_->changes(deadline_);
}

Result<StoreChanges> WireReader::await_changes() {
  if (!exchange_.problem().empty()) return Error{"live store", exchange_.problem(), ""};
  if (!watcher_) return Error{"live store", "no process watches it", ""};
  return watcher_->await_changes(deadline_);
}

// A daemon that has failed is not waited for again.
void WireReader::unwatch() {
  const bool failed = !exchange_.problem().empty();
  if (watcher_) watcher_->unwatch(failed ? Clock::now() : deadline_);
}

// XENSTORE_SERVER_FEATURE_DOMID_ANY (xen.git xen/include/public/io/xs_wire.h), from Xen 4.22 on. A
// daemon without such a request answers ENOSYS. The zero byte is needed: oxenstored never answers a
// request without a payload.
std::optional<bool> WireReader::any_domid() {
  constexpr std::uint32_t kAnyDomidFeature = 8;
  const StoreReply reply = reply_to(kGetFeature, with_zero(""));
  if (reply.outcome == StoreReply::Outcome::failed && reply.problem == "ENOSYS") return false;
  const auto features =
      reply.outcome == StoreReply::Outcome::ok ? number_and_zero(reply.value) : std::nullopt;
  if (!features) return std::nullopt;
  return (*features & kAnyDomidFeature) != 0;
}

Status WireReader::begin_transaction() {
  keep_one_connection();
  XSAUDIT_ASSIGN(const auto id, ask(XS_TRANSACTION_START, with_zero("")));
  const std::uint32_t transaction = number_and_zero(id).value_or(0);
  if (transaction == 0) {
    exchange_.fail("xenstored gave an answer that has no meaning: '" + escape_shortened(id, 40) +
                   "'");
    return Error{"live store", exchange_.problem(), ""};
  }
  exchange_.set_transaction(transaction);
  return ok();
}

// After the connection was lost nothing more was read, either.
Status WireReader::end_transaction() {
  if (exchange_.in_transaction()) static_cast<void>(ask(XS_TRANSACTION_END, with_zero("F")));
  exchange_.set_transaction(0);
  return ok();
}

void WireReader::answer_closed(std::uint64_t tag) {
  StoreReply reply;
  reply.tag = tag;
  reply.outcome = StoreReply::Outcome::closed;
  reply.problem = exchange_.problem();
  ready_.push_back(std::move(reply));
}

}  // namespace xsaudit
