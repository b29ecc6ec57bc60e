#include "source/noted_changes.h"

#include "store/path.h"

namespace xsaudit {

bool NotedChanges::note(std::string_view path) {
  if (path == kReleaseDomain) all_ = true;
  if (path == kIntroduceDomain) introduced_ = true;
  if (path.starts_with('@')) return true;
  if (!valid_path(path)) return false;
  if (all_) return true;
  if (paths_.size() < StoreChanges::kMostPaths) {
    paths_.emplace(path);
  } else {
    all_ = paths_.count(std::string(path)) == 0;
  }
  return true;
}

StoreChanges NotedChanges::take() {
  StoreChanges changes{
      .paths = {paths_.begin(), paths_.end()}, .all = all_, .introduced = introduced_};
  paths_.clear();
  all_ = introduced_ = false;
  return changes;
}

}  // namespace xsaudit
