#include "source/noted_changes.h"

#include "store/path.h"

namespace xsaudit {

void NotedChanges::note(std::string_view path) {
  if (path == kReleaseDomain) all_ = true;
  if (path == kIntroduceDomain) introduced_ = true;
  if (path.starts_with('@') || all_) return;
  if (!valid_path(path)) {
    all_ = true;
    return;
  }
  if (paths_.size() < StoreChanges::kMostPaths) {
    paths_.emplace(path);
  } else {
    all_ = paths_.count(std::string(path)) == 0;
  }
}

StoreChanges NotedChanges::take() {
  StoreChanges changes{
      .paths = {paths_.begin(), paths_.end()}, .all = all_, .introduced = introduced_};
  paths_.clear();
  all_ = introduced_ = false;
  return changes;
}

}  // namespace xsaudit
