#include "source/log/access_log.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

bool below(std::string_view path, std::string_view top) {
  if (top == "/") return path.size() > 1;
  return path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/';
}

// Whether `path` is `top` or lies below it.
bool within(std::string_view path, std::string_view top) { return path == top || below(path, top); }

}  // namespace

std::string_view home_of(std::string_view path) {
  constexpr std::string_view kHomes = "/local/domain/";
  if (!path.starts_with(kHomes)) return {};
  std::string_view rest = path.substr(kHomes.size());
  Domid domid = 0;
  if (!take_number(rest, domid) || (!rest.empty() && rest.front() != '/')) return {};
  return path.substr(0, path.size() - rest.size());
}

AccessLog::AccessLog(std::vector<File> files, std::vector<LogEvent> events,
                     std::vector<std::string> gaps,
                     std::vector<std::pair<Domid, Refusals>> refusals)
    : files_(std::move(files)),
      events_(std::move(events)),
      gaps_(std::move(gaps)),
      refusals_(std::move(refusals)) {
  for (std::uint32_t i = 0; i < events_.size(); ++i) {
    (events_[i].path_cut ? cut_paths_ : by_path_).push_back(i);
  }
  std::sort(by_path_.begin(), by_path_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int order = events_[a].path.compare(events_[b].path);
    return order != 0 ? order < 0 : a < b;
  });
}

std::uint64_t AccessLog::lines() const {
  std::uint64_t lines = 0;
  for (const File& file : files_) lines += file.lines;
  return lines;
}

bool AccessLog::forgeable() const {
  return std::any_of(files_.begin(), files_.end(),
                     [](const File& file) { return file.form == LogForm::trace; });
}

bool AccessLog::in_utc() const {
  return std::all_of(files_.begin(), files_.end(),
                     [](const File& file) { return file.form == LogForm::access_log; });
}

void AccessLog::add_at(std::string_view path, Index& found) const {
  auto first = std::lower_bound(
      by_path_.begin(), by_path_.end(), path,
      [&](std::uint32_t event, std::string_view wanted) { return events_[event].path < wanted; });
  for (; first != by_path_.end() && events_[*first].path == path; ++first) found.push_back(*first);
}

void AccessLog::add_below(std::string_view path, Index& found) const {
  const std::string prefix = path == "/" ? "/" : std::string(path) + "/";
  auto first = std::lower_bound(
      by_path_.begin(), by_path_.end(), prefix,
      [&](std::uint32_t event, const std::string& wanted) { return events_[event].path < wanted; });
  for (; first != by_path_.end() && events_[*first].path.starts_with(prefix); ++first) {
    if (events_[*first].path != path) found.push_back(*first);
  }
}

std::vector<const LogEvent*> AccessLog::sorted(Index found) const {
  std::sort(found.begin(), found.end());
  std::vector<const LogEvent*> events;
  events.reserve(found.size());
  for (const std::uint32_t event : found) events.push_back(&events_[event]);
  return events;
}

std::vector<const LogEvent*> AccessLog::history(std::string_view path) const {
  Index found;
  add_at(path, found);
  add_below(path, found);
  Index above;
  for (std::string_view top = path; top != "/";) {
    top = parent_path(top);
    add_at(top, above);
  }
  for (const std::uint32_t event : above) {
    const LogOperation operation = events_[event].operation;
    if (operation == LogOperation::remove || operation == LogOperation::ended) {
      found.push_back(event);
    }
  }
  for (const std::uint32_t event : cut_paths_) {
    const std::string& beginning = events_[event].path;
    if (path.starts_with(beginning) || within(beginning, path)) found.push_back(event);
  }
  return sorted(std::move(found));
}

std::vector<const LogEvent*> AccessLog::concerning(std::string_view path) const {
  Index found;
  add_at(path, found);
  add_below(path, found);
  std::erase_if(found, [&](std::uint32_t event) {
    if (!below(events_[event].path, path)) return false;
    const LogOperation operation = events_[event].operation;
    return operation != LogOperation::write && operation != LogOperation::mkdir;
  });
  for (std::string_view top = path; top != "/";) {
    top = parent_path(top);
    add_at(top, found);
  }
  for (const std::uint32_t event : cut_paths_) {
    if (path.starts_with(events_[event].path)) found.push_back(event);
  }
  return sorted(std::move(found));
}

std::uint32_t AccessLog::life_begins(Domid domid) const {
  Index found;
  add_at("/local/domain/" + std::to_string(domid), found);
  std::uint32_t begins = 0;
  for (const std::uint32_t index : found) {
    const LogEvent& event = events_[index];
    const bool removed = event.operation == LogOperation::remove && !event.by.unprivileged() &&
                         event.may_have_taken_effect();
    if (removed || event.operation == LogOperation::ended) begins = std::max(begins, index + 1);
  }
  return begins;
}

std::vector<const LogEvent*> AccessLog::values(std::string_view path) const {
  std::vector<const LogEvent*> values;
  Domid domid = 0;
  const std::string_view home = home_of(path);
  const bool in_home = !home.empty() && whole_number(last_name(home), domid);
  const std::uint32_t begins = in_home ? life_begins(domid) : 0;
  for (const LogEvent* const event : concerning(path)) {
    if (event->operation == LogOperation::remove && !event->by.unprivileged() &&
        event->may_have_taken_effect()) {
      values.clear();
    }
    const bool changed = event->operation == LogOperation::write && event->path == path &&
                         event->took_effect() && event->by.unprivileged();
    if (changed && event >= events_.data() + begins) values.push_back(event);
  }
  return values;
}

std::vector<const LogEvent*> AccessLog::refused(Domid domid) const {
  std::vector<const LogEvent*> events;
  for (std::size_t i = life_begins(domid); i < events_.size(); ++i) {
    const LogEvent& event = events_[i];
    const bool refused = event.outcome == LogOutcome::refused && event.by.domid() == domid;
    // xenstored and oxenstored answer EACCES; the others are quotas and invalid requests.
    if (refused && (event.error == "EACCES" || event.error == "EPERM")) events.push_back(&event);
  }
  return events;
}

AccessLog::Refusals AccessLog::refusals(Domid domid) const {
  const auto found =
      std::lower_bound(refusals_.begin(), refusals_.end(), domid,
                       [](const auto& one, Domid wanted) { return one.first < wanted; });
  return found != refusals_.end() && found->first == domid ? found->second : Refusals{};
}

std::string AccessLog::place(const LogEvent& event) const {
  return escape_shortened(files_[event.file].name) + ':' + std::to_string(event.line);
}

}  // namespace xsaudit
