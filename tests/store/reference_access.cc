#include "store/reference_access.h"

#include <algorithm>

#include "store/path.h"

namespace xsaudit {
namespace {

bool holds(const PermissionEntry& entry, Right right) {
  const char letter = entry.letter();
  return letter == 'b' || letter == (right == Right::read ? 'r' : 'w');
}

}  // namespace

bool ReferenceDaemon::privileged(Domid caller) const {
  const auto& all = options_.privileged;
  return std::count(all.begin(), all.end(), caller) > 0;
}

std::vector<Domid> ReferenceDaemon::identities(Domid caller) const {
  std::vector<Domid> all;
  all.reserve(4);
  all.push_back(caller);
  for (const auto& [stub, target] : options_.targets) {
    if (stub == caller) all.push_back(target);
  }
  return all;
}

bool ReferenceDaemon::grants(const Permissions& list, Domid caller, Right right) const {
  if (privileged(caller)) return true;
  const std::vector<Domid> who = identities(caller);
  if (!oxenstored_) {
    const auto speaks_for_caller = [&](const PermissionEntry& entry) {
      if (options_.any_domid.value_or(false) && entry.domid == 32757) return true;
      return std::find(who.begin(), who.end(), entry.domid) != who.end();
    };
    if (speaks_for_caller(list[0])) return true;
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (!list[i].stale && speaks_for_caller(list[i])) return holds(list[i], right);
    }
    return holds(list[0], right);
  }
  for (const Domid identity : who) {
    if (list[0].domid == identity) return true;
    const PermissionEntry* decides = &list[0];
    for (std::size_t i = list.size(); i-- > 1;) {
      if (!list[i].stale && list[i].domid == identity) decides = &list[i];
    }
    if (holds(*decides, right)) return true;
  }
  return false;
}

bool ReferenceStore::may_write(const ReferenceDaemon& daemon, Domid caller,
                               const std::string& path) const {
  const auto& list = nodes_.at(path);
  return list.has_value() && daemon.grants(*list, caller, Right::write);
}

bool ReferenceStore::write(const ReferenceDaemon& daemon, Domid caller, const std::string& path) {
  if (exists(path)) return may_write(daemon, caller, path);
  std::string nearest = path;
  std::vector<std::string> missing;
  while (!exists(nearest)) {
    missing.push_back(nearest);
    nearest = parent_path(nearest);
  }
  if (!may_write(daemon, caller, nearest)) return false;
  Permissions inherited = *nodes_.at(nearest);
  if (!daemon.is_oxenstored()) inherited[0].domid = caller;
  for (const std::string& made : missing) nodes_[made] = inherited;
  return true;
}

bool ReferenceStore::remove(const ReferenceDaemon& daemon, Domid caller, const std::string& path) {
  if (!exists(path) || !may_write(daemon, caller, path)) return false;
  if (path == "/" && !daemon.is_oxenstored()) return false;
  const std::string below = path == "/" ? "/" : path + "/";
  for (auto node = nodes_.begin(); node != nodes_.end();) {
    const bool gone = (node->first == path || node->first.starts_with(below)) && node->first != "/";
    node = gone ? nodes_.erase(node) : std::next(node);
  }
  return true;
}

bool ReferenceStore::removes(const ReferenceDaemon& daemon, Domid caller, const std::string& victim,
                             const std::string& path) const {
  ReferenceStore after = *this;
  return after.remove(daemon, caller, victim) && !after.exists(path);
}

bool ReferenceStore::remakes(const ReferenceDaemon& daemon, Domid caller, const std::string& victim,
                             const std::string& path) const {
  ReferenceStore after = *this;
  return after.remove(daemon, caller, victim) && !after.exists(path) &&
         after.write(daemon, caller, path);
}

bool ReferenceStore::can_remove(const ReferenceDaemon& daemon, Domid caller,
                                const std::string& path) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const auto& node) { return removes(daemon, caller, node.first, path); });
}

bool ReferenceStore::can_control(const ReferenceDaemon& daemon, Domid caller,
                                 const std::string& path) const {
  if (ReferenceStore(*this).write(daemon, caller, path)) return true;
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const auto& node) { return remakes(daemon, caller, node.first, path); });
}

}  // namespace xsaudit
