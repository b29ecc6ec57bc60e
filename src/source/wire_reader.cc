#include "source/wire_reader.h"

extern "C" {  // the header does not say it
#include <xenstore.h>
#include <xenstore_lib.h>
}
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>
#include <utility>

#include "source/wire_reply.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

constexpr std::string_view kChangedToken = "changed";

// A kernel lets who runs go on for milliseconds before it lets those run who wait for the same
// processor: other clients of the store among them.
constexpr std::uint64_t kHandledBetweenYields = 4;

std::uint32_t type_of(StoreRequest::Kind kind) {
  switch (kind) {
    case StoreRequest::Kind::children: return XS_DIRECTORY;
    case StoreRequest::Kind::value: return XS_READ;
    case StoreRequest::Kind::permissions: return XS_GET_PERMS;
    case StoreRequest::Kind::introduced: return XS_IS_DOMAIN_INTRODUCED;
  }
  return XS_INVALID;
}

std::string with_zero(std::string_view text) { return std::string(text) + '\0'; }

std::string watch_payload(std::string_view path) {
  return with_zero(path) + with_zero(kChangedToken);
}

}  // namespace

std::string WireReader::socket_of_daemon() {
  const char* const socket = ::xs_daemon_socket();
  return socket == nullptr ? std::string() : socket;
}

Result<std::unique_ptr<WireReader>> WireReader::open(const std::string& socket, const Pace& pace,
                                                     Clock::time_point deadline) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < pace.connections; ++i) {
    auto connection = WireConnection::open(socket, deadline);
    if (!connection) return connection.error();
    lines.push_back({std::move(*connection), {}});
  }
  std::unique_ptr<WireReader> reader(new WireReader(std::move(lines), pace, deadline));
  reader->measure();
  if (!reader->problem_.empty()) return Error{"live store", reader->problem_, ""};
  return reader;
}

// The middle one of a few: one may be quicker than most, or have waited for a processor.
void WireReader::measure() {
  std::array<Clock::duration, 9> times;
  for (auto& time : times) {
    const auto start = Clock::now();
    if (!ask(XS_READ, with_zero("/"))) return;
    time = Clock::now() - start;
  }
  std::sort(times.begin(), times.end());
  pacer_.set_lone_reply_time(times[times.size() / 2]);
}

WireReader::Line& WireReader::least_busy() {
  const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(connections());
  return *std::min_element(lines_.begin(), end, [](const Line& left, const Line& right) {
    return left.unanswered.size() < right.unanswered.size();
  });
}

std::size_t WireReader::unanswered() const {
  std::size_t count = 0;
  for (const Line& line : lines_) count += line.unanswered.size();
  return count;
}

void WireReader::put(Line& line, Request request, std::string_view payload) {
  request.id = next_id_++;
  line.connection.send(request.type, request.id, transaction_, payload);
  line.unanswered.push_back(std::move(request));
}

void WireReader::send(StoreRequest request) {
  if (!problem_.empty()) {
    answer_closed(request.tag);
    return;
  }
  Request own;
  own.type = type_of(request.kind);
  own.tag = request.tag;
  const std::string payload =
      with_zero(request.kind == StoreRequest::Kind::introduced ? std::to_string(request.domid)
                                                               : request.path);
  if (own.type == XS_DIRECTORY) own.path = std::move(request.path);
  put(least_busy(), std::move(own), payload);
}

void WireReader::receive(StoreReply& reply) {
  if (ready_.empty()) rest();
  while (ready_.empty() && step()) {
  }
  std::swap(reply, ready_.front());
  ready_.pop_front();
  give_way();
}

// Only while nothing else is in flight.
Result<std::string> WireReader::ask(std::uint32_t type, std::string_view payload) {
  if (problem_.empty()) {
    Request own;
    own.type = type;
    put(lines_.front(), std::move(own), payload);
  }
  while (ready_.empty() && step()) {
  }
  if (!problem_.empty()) {
    ready_.clear();
    return Error{"live store", problem_, ""};
  }
  StoreReply reply = std::move(ready_.front());
  ready_.pop_front();
  if (reply.outcome != StoreReply::Outcome::ok) return Error{"live store", to_text(reply), ""};
  return std::move(reply.value);
}

void WireReader::rest() {
  const auto end = std::min(pacer_.pause_end(), deadline_);
  while (problem_.empty() && Clock::now() < end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    ::poll(nullptr, 0, static_cast<int>(left.count()));
  }
}

// Who waits in poll() is woken by the first reply, at a cost to the daemon that is greater than
// that of the reply: so this sleeps while the daemon works on what it has.
void WireReader::let_it_work() {
  const auto time = pacer_.worth_sleeping(unanswered());
  if (time > Clock::duration::zero()) std::this_thread::sleep_for(time);
}

void WireReader::give_way() {
  if (++handled_ % kHandledBetweenYields == 0) std::this_thread::yield();
}

bool WireReader::step() {
  if (!problem_.empty()) return false;
  std::vector<pollfd> waiting;
  waiting.reserve(lines_.size());
  for (Line& line : lines_) line.connection.flush();
  let_it_work();
  for (Line& line : lines_) {
    const int unsent = line.connection.has_unsent() ? POLLOUT : 0;
    waiting.push_back({line.connection.descriptor(), static_cast<short>(POLLIN | unsent), 0});
  }
  const auto left = deadline_ - Clock::now();
  if (left <= Clock::duration::zero()) {
    lose("xenstored has not answered all in the time it was given");
    return false;
  }
  const auto most = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  const int ready = ::poll(waiting.data(), waiting.size(),
                           static_cast<int>(std::min<std::int64_t>(most, 60'000)));
  if (ready < 0 && errno != EINTR) lose(std::string("poll: ") + std::strerror(errno));
  for (std::size_t i = 0; ready > 0 && i < lines_.size(); ++i) {
    if ((waiting[i].revents & ~POLLOUT) != 0) take_messages(lines_[i]);
  }
  for (Line& line : lines_) {
    if (line.connection.lost()) lose(line.connection.problem());
  }
  return problem_.empty();
}

void WireReader::take_messages(Line& line) {
  line.connection.receive();
  WireMessage message;
  while (line.connection.next(message)) {
    take(line, message);
    give_way();
  }
}

// A daemon may answer in any order, says docs/misc/xenstore.txt. None does: each takes the requests
// of a connection one by one (xenstored core.c consider_message, oxenstored process.ml do_input).
// So a reply out of its turn comes from something that is not what it should be.
void WireReader::take(Line& line, const WireMessage& message) {
  if (message.type == XS_WATCH_EVENT) {
    take_event(line, message.payload);
    return;
  }
  if (line.unanswered.empty()) {
    line.connection.lose("xenstored answered what was not asked");
    return;
  }
  Request request = std::move(line.unanswered.front());
  line.unanswered.pop_front();
  const bool mine = message.request_id == request.id;
  if (mine && (message.type == request.type || message.type == XS_ERROR)) {
    take_reply(line, request, message);
  } else {
    line.connection.lose("xenstored gave an answer that belongs to another request");
  }
  if (line.connection.lost()) line.unanswered.push_front(std::move(request));
}

void WireReader::take_reply(Line& line, Request& request, const WireMessage& message) {
  StoreReply reply;
  reply.tag = request.tag;
  reply.outcome = StoreReply::Outcome::ok;
  const bool listing = request.type == XS_DIRECTORY || request.type == XS_DIRECTORY_PART;
  bool understood = true;
  if (message.type == XS_ERROR) {
    take_error(message.payload, reply);
    if (request.type == XS_DIRECTORY && reply.outcome == StoreReply::Outcome::too_large) {
      ask_for_part(line, std::move(request));
      return;
    }
    // What a daemon says that has no such request.
    if (request.type == XS_DIRECTORY_PART && reply.outcome != StoreReply::Outcome::vanished &&
        reply.outcome != StoreReply::Outcome::refused) {
      reply.outcome = StoreReply::Outcome::too_large;
    }
  } else if (request.type == XS_DIRECTORY_PART) {
    if (!take_part(line, request, message.payload, reply)) return;
  } else if (listing) {
    understood = take_names(message.payload, reply);
  } else if (request.type == XS_GET_PERMS) {
    understood = take_permissions(message.payload, reply);
  } else if (request.type == XS_IS_DOMAIN_INTRODUCED) {
    understood = take_introduced(message.payload, reply);
  } else {
    reply.value = message.payload;
  }
  if (!understood) {
    line.connection.lose("xenstored gave an answer that has no meaning: '" +
                         escape_shortened(message.payload, 40) + "'");
    return;
  }
  ready_.push_back(std::move(reply));
  pacer_.reply_at(Clock::now());
}

// False where more is to come.
bool WireReader::take_part(Line& line, Request& request, std::string_view payload,
                           StoreReply& reply) {
  switch (request.parts->take(payload)) {
    case DirectoryParts::State::more: ask_for_part(line, std::move(request)); return false;
    case DirectoryParts::State::never_steady:
      reply.outcome = StoreReply::Outcome::failed;
      reply.problem = "it keeps changing";
      return true;
    case DirectoryParts::State::complete:
      if (take_names(request.parts->names(), reply)) return true;
      break;
    case DirectoryParts::State::wrong: break;
  }
  line.connection.lose("xenstored gave a part of a directory that has no meaning");
  return false;
}

void WireReader::ask_for_part(Line& line, Request request) {
  if (!request.parts) request.parts = std::make_unique<DirectoryParts>();
  request.type = XS_DIRECTORY_PART;
  const std::string payload =
      with_zero(request.path) + with_zero(std::to_string(request.parts->offset()));
  put(line, std::move(request), payload);
}

void WireReader::take_event(Line& line, std::string_view payload) {
  const std::size_t end = payload.find('\0');
  const std::string_view path = payload.substr(0, end);
  const bool ours = end != std::string_view::npos &&
                    payload.substr(end + 1) == with_zero(kChangedToken) && noted_.note(path);
  if (!ours) line.connection.lose("xenstored told of a change that cannot be");
}

Status WireReader::watch() {
  for (const char* path : {"/", kIntroduceDomain, kReleaseDomain}) {
    auto done = ask(XS_WATCH, watch_payload(path));
    if (!done) return done.error();
  }
  // A watch tells of itself first.
  auto first = changes();
  if (!first) return first.error();
  return ok();
}

// What changed before a request comes before its reply with C xenstored. oxenstored hands an event
// from the connection that caused it to ours while it writes, one turn after the change
// (connection.ml source_flush_watchevents), and writes it a turn later still; each reply takes at
// least a turn.
Result<StoreChanges> WireReader::changes() {
  for (int turn = 0; turn < 3; ++turn) {
    auto done = ask(XS_READ, with_zero("/"));
    if (!done && !problem_.empty()) return done.error();
  }
  return noted_.take();
}

Status WireReader::begin_transaction() {
  const auto id = ask(XS_TRANSACTION_START, with_zero(""));
  if (!id) return id.error();
  // A number, and a zero byte.
  const char* const end = id->data() + id->size();
  const auto number = std::from_chars(id->data(), end, transaction_);
  const bool understood = number.ec == std::errc() && end - number.ptr == 1 && *number.ptr == '\0';
  if (!understood || transaction_ == 0) {
    transaction_ = 0;
    lose("xenstored gave an answer that has no meaning: '" + escape_shortened(*id, 40) + "'");
    return Error{"live store", problem_, ""};
  }
  return ok();
}

void WireReader::end_transaction() {
  if (transaction_ != 0) static_cast<void>(ask(XS_TRANSACTION_END, with_zero("F")));
  transaction_ = 0;
}

void WireReader::lose(std::string problem) {
  if (!problem_.empty()) return;
  problem_ = std::move(problem);
  for (Line& line : lines_) {
    for (const Request& request : line.unanswered) answer_closed(request.tag);
    line.unanswered.clear();
  }
}

void WireReader::answer_closed(std::uint64_t tag) {
  StoreReply reply;
  reply.tag = tag;
  reply.outcome = StoreReply::Outcome::closed;
  reply.problem = problem_;
  ready_.push_back(std::move(reply));
}

}  // namespace xsaudit
