#include "source/log/log_pairing.h"

#include <algorithm>

#include "store/path.h"

namespace xsaudit {
namespace {

struct OperationName {
  std::string_view access;  // in the lines of oxenstored
  std::string_view trace;   // in those of C xenstored
  LogOperation operation;
};
constexpr OperationName kOperations[] = {
    {"write", "WRITE", LogOperation::write},
    {"mkdir", "MKDIR", LogOperation::mkdir},
    {"rm", "RM", LogOperation::remove},
    {"setperms", "SET_PERMS", LogOperation::set_permissions},
};

// A path as a client sent it is relative to the home of its domain (oxenstored connection.ml
// get_path, xenstored core.c canonicalize).
std::string absolute(std::string path, const LogConnection& by) {
  if (path.starts_with('/') || path.starts_with('@') || by.kind == LogConnection::Kind::unknown) {
    return path;
  }
  const std::uint64_t domid = by.kind == LogConnection::Kind::domain ? by.number : 0;
  return "/local/domain/" + std::to_string(domid) + "/" + path;
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find(' '), text.size())));
}

// In place of a value that XCP-ng's oxenstored does not log.
constexpr std::string_view kOmitted = "[omitted]";

}  // namespace

LogEvent* LogPairing::find(Number number) {
  return number < first_ || number - first_ >= events_.size() ? nullptr : &events_[number - first_];
}

void LogPairing::keep(LogEvent event) {
  bytes_ += sizeof(LogEvent) + event.path.capacity() + event.value.capacity();
  events_.push_back(std::move(event));
  while (bytes_ > most_bytes_ && !events_.empty()) {
    const LogEvent& oldest = events_.front();
    bytes_ -= sizeof(LogEvent) + oldest.path.capacity() + oldest.value.capacity();
    events_.pop_front();
    ++first_;
  }
}

void LogPairing::settle(Open& open, LogOutcome outcome, const char* error) {
  for (const Number number : open.events) {
    LogEvent* const event = find(number);
    if (event == nullptr || event->outcome == LogOutcome::refused) continue;
    event->outcome = outcome;
    event->error = error;
  }
}

// Fills in what the data of the line contain. False if the line is not a change.
bool LogPairing::read_request(const LogLine& line, LogEvent& event) const {
  const bool trace = line.form == LogForm::trace;
  const auto* const known =
      std::find_if(std::begin(kOperations), std::end(kOperations), [&](const OperationName& name) {
        return line.operation == (trace ? name.trace : name.access);
      });
  if (known == std::end(kOperations)) return false;
  event.operation = known->operation;
  const std::size_t end = std::min(line.data.find(' '), line.data.size());
  const std::string_view value = line.data.substr(std::min(end + 1, line.data.size()));
  const bool cut =
      line.unfinished || (line.form == LogForm::syslog && line.length >= kLongestSyslogLine);
  if (trace) {
    event.path = line.data.substr(0, end);
    event.value = value;
  } else {
    event.path_cut = !unescape_ocaml(line.data.substr(0, end), event.path);
    event.value_cut = !unescape_ocaml(value, event.value);
  }
  if (cut) (end == line.data.size() ? event.path_cut : event.value_cut) = true;
  if (event.value == kOmitted) {
    event.value.clear();
    event.value_cut = true;
  }
  if (event.operation != LogOperation::write && event.value.ends_with(' ')) event.value.pop_back();
  event.path = absolute(std::move(event.path), event.by);
  return true;
}

void LogPairing::request(const LogLine& line, LogEvent event) {
  Request request{.transaction = line.transaction, .event = std::nullopt};
  if (read_request(line, event)) {
    if (line.replay_of) {
      const auto replayed = open_.find({line.by, *line.replay_of});
      if (replayed != open_.end()) {
        settle(replayed->second, LogOutcome::conflicted, "EAGAIN");
        open_.erase(replayed);
      }
    }
    const Number number = first_ + events_.size();
    request.event = number;
    if (line.form == LogForm::access_log && line.dots) dotted_.emplace_back(number, line.length);
    if (line.transaction != 0) {
      event.outcome = LogOutcome::unknown;
      Open& open = open_[{line.by, line.transaction}];
      open.events.push_back(number);
      open.replay_of = line.replay_of;
      open.commits_logged = line.form == LogForm::access_log;
    }
    keep(std::move(event));
  }
  last_[line.by] = request;
}

void LogPairing::transaction_ended(const LogLine& line, LogOutcome outcome) {
  const auto found = open_.find({line.by, line.transaction});
  if (found != open_.end()) {
    settle(found->second, outcome, outcome == LogOutcome::conflicted ? "EAGAIN" : "");
    open_.erase(found);
  }
  // An error that follows belongs to the end of the transaction.
  last_[line.by] = Request{.transaction = line.transaction, .event = std::nullopt};
}

void LogPairing::answered(const LogLine& line) {
  const std::string error = first_word(line.data);
  if (error == "EAGAIN" && line.transaction != 0) {
    // Through syslog the conflict itself is not logged, and a replay may have failed.
    for (auto open = open_.lower_bound({line.by, 0});
         open != open_.end() && open->first.first == line.by;) {
      const bool concerned =
          open->first.second == line.transaction || open->second.replay_of == line.transaction;
      if (concerned) settle(open->second, LogOutcome::conflicted, "EAGAIN");
      open = concerned ? open_.erase(open) : std::next(open);
    }
    last_.erase(line.by);
    return;
  }
  const auto domid = line.by.unprivileged() ? line.by.domid() : std::nullopt;
  const auto last = last_.find(line.by);
  if (last == last_.end() || last->second.transaction != line.transaction) {
    if (domid) refusals_[*domid].others += line.times;
    return;
  }
  if (last->second.event) {
    if (domid) refusals_[*domid].changes += line.times;
    if (LogEvent* const event = find(*last->second.event)) {
      event->outcome = LogOutcome::refused;
      event->error = error;
    }
  } else if (domid) {
    refusals_[*domid].others += line.times;
  }
  last_.erase(last);
}

// The transactions of a connection end with it; the next one of that name counts them anew.
void LogPairing::connection_ended(const LogLine& line, LogEvent event) {
  for (auto open = open_.lower_bound({line.by, 0});
       open != open_.end() && open->first.first == line.by; open = open_.erase(open)) {
    settle(open->second, LogOutcome::not_committed, "");
  }
  last_.erase(line.by);
  if (line.operation != "endconn" || !line.by.unprivileged() || !line.by.domid()) return;
  event.operation = LogOperation::ended;
  event.path = "/local/domain/" + std::to_string(line.by.number);
  keep(std::move(event));
}

// The trace has a line for each request and one for each reply, and no numbers of transactions.
void LogPairing::trace_line(const LogLine& line, LogEvent event) {
  const Transaction transaction{line.by, 1};
  if (!line.answer) {
    if (line.operation == "TRANSACTION_START") open_[transaction].commits_logged = false;
    if (line.operation == "TRANSACTION_END") open_.erase(transaction);
    event.outcome = LogOutcome::unknown;
    Request request;
    if (read_request(line, event)) {
      request.event = first_ + events_.size();
      keep(std::move(event));
    }
    last_[line.by] = request;
    return;
  }
  if (line.operation == "WATCH_EVENT") return;
  const auto last = last_.find(line.by);
  if (last == last_.end()) return;
  if (last->second.event && find(*last->second.event) != nullptr) {
    LogEvent& asked = *find(*last->second.event);
    if (line.operation == "ERROR") {
      asked.outcome = LogOutcome::refused;
      asked.error = first_word(line.data);
    } else if (!open_.contains(transaction)) {
      asked.outcome = LogOutcome::done;
    }
  }
  last_.erase(last);
}

void LogPairing::add(const LogLine& line, std::int64_t time, std::uint32_t file,
                     std::uint64_t number) {
  if (line.repeats_before) {
    if (!events_.empty() && events_.back().file == file && events_.back().line + 1 == number) {
      events_.back().times += line.times;
    }
    return;
  }
  LogEvent event;
  event.time = time;
  event.by = line.by;
  event.transaction = line.transaction;
  event.replayed = line.replay_of.has_value();
  event.form = line.form;
  event.times = line.times;
  event.file = file;
  event.line = number;
  const std::string_view operation = line.operation;
  if (line.form == LogForm::trace) return trace_line(line, std::move(event));
  if (operation == "error") return answered(line);
  if (operation == "commit" || operation == "coalesce") {
    return transaction_ended(line, LogOutcome::done);
  }
  if (operation == "conflict") return transaction_ended(line, LogOutcome::conflicted);
  if (operation == "newconn" || operation == "endconn") {
    return connection_ended(line, std::move(event));
  }
  // An event of a watch is not a request.
  if (operation.starts_with("w ")) return;
  request(line, std::move(event));
}

void LogPairing::end_file(std::size_t longest_line) {
  constexpr std::string_view kDots = "..";
  for (const auto& [number, length] : dotted_) {
    LogEvent* const event = find(number);
    if (event == nullptr || length != longest_line) continue;
    const bool in_path = event->value.empty() && event->path.ends_with(kDots);
    std::string& text = in_path ? event->path : event->value;
    if (text.ends_with(kDots)) text.resize(text.size() - kDots.size());
    (in_path ? event->path_cut : event->value_cut) = true;
  }
  dotted_.clear();
}

LogPairing::Made LogPairing::finish() && {
  for (auto& [transaction, open] : open_) {
    settle(open, open.commits_logged ? LogOutcome::not_committed : LogOutcome::unknown, "");
  }
  Made made;
  made.events.assign(std::make_move_iterator(events_.begin()),
                     std::make_move_iterator(events_.end()));
  made.refusals.assign(refusals_.begin(), refusals_.end());
  made.dropped = first_;
  return made;
}

}  // namespace xsaudit
