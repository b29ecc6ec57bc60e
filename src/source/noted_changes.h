// Remembers which paths the events of a watch name, each once and not too many of them. The names
// come from the daemon and are checked: one that cannot be a path means that anything may have
// changed. Used by one thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "source/store_reader.h"

namespace xsaudit {

class NotedChanges {
 public:
  void note(std::string_view path);
  void note_all() { all_ = true; }
  // What was noted since the last take().
  StoreChanges take();

 private:
  std::set<std::string> paths_;  // no hash: guests choose paths
  bool all_ = false;
  bool introduced_ = false;
};

}  // namespace xsaudit
