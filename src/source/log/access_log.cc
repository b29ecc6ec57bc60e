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
  std::vector<const LogEvent*> events = history(path);
  std::erase_if(events, [&](const LogEvent* event) {
    if (!below(event->path, path)) return false;
    return event->operation != LogOperation::write && event->operation != LogOperation::mkdir;
  });
  return events;
}

std::vector<const LogEvent*> AccessLog::refused(Domid domid) const {
  std::vector<const LogEvent*> events;
  for (const LogEvent& event : events_) {
    if (event.outcome == LogOutcome::refused && event.by.domid() == domid) {
      events.push_back(&event);
    }
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
