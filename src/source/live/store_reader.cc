#include "source/live/store_reader.h"

#include <algorithm>

#include "store/path.h"

namespace xsaudit {

std::string_view take_child_name(std::string_view& names) {
  const std::string_view name = names.substr(0, names.find('\0'));
  names.remove_prefix(std::min(names.size(), name.size() + 1));
  return name;
}

std::string to_text(const StoreReply& reply) {
  switch (reply.outcome) {
    case StoreReply::Outcome::ok: return "it was read";
    case StoreReply::Outcome::vanished: return "it vanished";
    case StoreReply::Outcome::refused: return "reading it was refused";
    case StoreReply::Outcome::too_large: return "it is larger than the daemon sends";
    case StoreReply::Outcome::invalid: return "the daemon does not know how to read it";
    case StoreReply::Outcome::failed: return "reading it failed: " + reply.problem;
    case StoreReply::Outcome::closed: return "the connection was lost: " + reply.problem;
  }
  return reply.problem;
}

void WatchLog::note(std::string_view path) {
  if (path == kReleaseDomain) note_all();
  if (path == kIntroduceDomain) introduced_ = true;
  if (path.starts_with('@') || all_) return;
  const bool full = paths_.size() == StoreChanges::kMaxPaths;
  if (!valid_path(path) || (full && paths_.count(std::string(path)) == 0)) {
    note_all();
  } else {
    paths_.emplace(path);
  }
}

void WatchLog::note_all() {
  all_ = true;
  paths_.clear();
}

StoreChanges WatchLog::take() {
  StoreChanges changes{.paths = {paths_.begin(), paths_.end()},
                       .all = all_,
                       .introduced = introduced_,
                       .missed = false};
  paths_.clear();
  all_ = introduced_ = false;
  return changes;
}

}  // namespace xsaudit
