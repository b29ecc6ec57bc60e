#include "source/live/wire_exchange.h"

#include <poll.h>
#include <xen/io/xs_wire.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <thread>
#include <utility>

#include "base/escape.h"

namespace xsaudit {

namespace {

// Takes the first of the texts that stand behind one another, each with its zero byte. False if
// that is missing.
bool take_text(std::string_view& texts, std::string_view& text) {
  const std::size_t end = texts.find('\0');
  if (end == std::string_view::npos) return false;
  text = texts.substr(0, end);
  texts.remove_prefix(end + 1);
  return true;
}

}  // namespace

void take_error(std::string_view payload, StoreReply& reply) {
  const std::string_view name = payload.substr(0, payload.find('\0'));
  reply.problem = escape_shortened(name, 40);
  reply.outcome = name == "ENOENT"                      ? StoreReply::Outcome::vanished
                  : name == "EACCES" || name == "EPERM" ? StoreReply::Outcome::refused
                  : name == "E2BIG"                     ? StoreReply::Outcome::too_large
                  : name == "EINVAL"                    ? StoreReply::Outcome::invalid
                                                        : StoreReply::Outcome::failed;
}

bool take_names(std::string_view payload, StoreReply& reply) {
  reply.children = payload;
  std::string_view name;
  while (!payload.empty()) {
    if (!take_text(payload, name) || name.empty()) return false;
  }
  return true;
}

bool take_permissions(std::string_view payload, StoreReply& reply) {
  reply.permissions.clear();
  std::string_view text;
  while (!payload.empty()) {
    if (!take_text(payload, text)) return false;
    auto entry = parse_permission_entry(text);
    if (!entry) return false;
    reply.permissions.push_back(*entry);
  }
  return !reply.permissions.empty();
}

bool take_introduced(std::string_view payload, StoreReply& reply) {
  std::string_view answer;
  reply.introduced = payload.starts_with('T');
  return take_text(payload, answer) && payload.empty() && (answer == "T" || answer == "F");
}

Result<WireExchange> WireExchange::open(const std::string& way, const Pace& pace,
                                        Clock::time_point deadline) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < pace.connections; ++i) {
    XSAUDIT_ASSIGN(auto connection, WireConnection::open(way, deadline));
    lines.push_back({std::move(connection), {}});
  }
  return WireExchange(std::move(lines), pace, deadline);
}

void WireExchange::keep_one_connection() {
  lines_.erase(lines_.begin() + 1, lines_.end());
  line_ = 0;
}

WireExchange::Line& WireExchange::least_busy() {
  const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(connections());
  return *std::min_element(lines_.begin(), end, [](const Line& left, const Line& right) {
    return left.unanswered.size() < right.unanswered.size();
  });
}

std::size_t WireExchange::unanswered() const {
  std::size_t count = 0;
  for (const Line& line : lines_) count += line.unanswered.size();
  return count;
}

void WireExchange::send(WireRequest request, std::string_view payload) {
  Line& line = least_busy();
  request.id = next_id_++;
  line.connection.send(request.type, request.id, transaction_, payload);
  line.unanswered.push_back(std::move(request));
}

void WireExchange::rest() {
  const auto end = std::min(pacer_.pause_end(), deadline_);
  while (problem_.empty() && Clock::now() < end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    ::poll(nullptr, 0, static_cast<int>(left.count()));
  }
}

// The first reply wakes a process in poll(), which costs the daemon more than the reply itself. So
// this sleeps while the daemon works on pending requests.
void WireExchange::let_it_work() {
  const auto time = pacer_.worth_sleeping(unanswered());
  if (time > Clock::duration::zero()) std::this_thread::sleep_for(time);
}

void WireExchange::yield_processor() {
  const auto now = Clock::now();
  if (!courtesy_.due(now)) return;
  std::this_thread::yield();
  courtesy_.gave(now, Clock::now());
}

void WireExchange::wait() {
  if (!problem_.empty()) return;
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
    fail("xenstored did not answer all requests in time");
    return;
  }
  const auto most = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  const int ready = ::poll(waiting.data(), waiting.size(),
                           static_cast<int>(std::min<std::int64_t>(most, 60'000)));
  if (ready < 0 && errno != EINTR) fail(std::string("poll: ") + std::strerror(errno));
  for (std::size_t i = 0; ready > 0 && i < lines_.size(); ++i) {
    if ((waiting[i].revents & ~POLLOUT) != 0) lines_[i].connection.receive();
  }
  line_ = 0;
}

bool WireExchange::next(Arrival& arrival) {
  for (; problem_.empty() && line_ < lines_.size(); ++line_) {
    Line& line = lines_[line_];
    if (line.connection.next(arrival.message)) return match(line, arrival);
    if (line.connection.lost()) fail(line.connection.problem());
  }
  return false;
}

// A daemon may answer in any order, says docs/misc/xenstore.txt. None does: each takes the requests
// of a connection one by one (xenstored core.c consider_message, oxenstored process.ml do_input).
// So a reply out of its turn comes from something that is not what it should be.
bool WireExchange::match(Line& line, Arrival& arrival) {
  if (line.unanswered.empty()) {
    fail("xenstored sent an answer without a request");
    return false;
  }
  const WireRequest& request = line.unanswered.front();
  const bool mine = arrival.message.request_id == request.id;
  if (!mine || (arrival.message.type != request.type && arrival.message.type != XS_ERROR)) {
    fail("xenstored gave an answer that belongs to another request");
    return false;
  }
  arrival.request = std::move(line.unanswered.front());
  line.unanswered.pop_front();
  pacer_.reply_at(Clock::now());
  return true;
}

void WireExchange::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

std::vector<WireRequest> WireExchange::take_unanswered() {
  std::vector<WireRequest> all;
  for (Line& line : lines_) {
    std::move(line.unanswered.begin(), line.unanswered.end(), std::back_inserter(all));
    line.unanswered.clear();
  }
  return all;
}

}  // namespace xsaudit
