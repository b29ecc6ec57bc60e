#include "cli/options/confinement_choice.h"

#include <algorithm>
#include <utility>

#include "cli/command_line.h"
#include "host/confine/confinement.h"

namespace xsaudit {
namespace {

constexpr const char* kConfinementGroup = "Confinement";

}  // namespace

void ConfinementChoice::add_to(CommandLine& app) {
  app.add_option("--user", user, "switch from root to this user before the store is read")
      ->type_name("USER")
      ->group(kConfinementGroup);
  app.add_flag("--no-sandbox", off, "keep all privileges, open files and system calls")
      ->group(kConfinementGroup);
}

Status ConfinementChoice::confine(std::vector<int> keep,
                                  const std::function<void()>& open_last) const {
  if (off) {
    if (open_last) open_last();
    return ok();
  }
  const auto confinement =
      xsaudit::confine({.descriptors = std::move(keep), .user = user, .open_last = open_last});
  XSAUDIT_TRY(confinement);
  for (const Confinement::Part& part : confinement->missing()) {
    // A warning, not a failure: the report of a monitoring system does not begin with it.
    complain(Error{"not confined", part.name + ": " + part.reason, {}});
  }
  return ok();
}

bool ConfinementChoice::confine_child(std::vector<int> keep,
                                      const std::function<void()>& open_last) const {
  if (off) {
    open_last();
    return true;
  }
  return xsaudit::confine({.descriptors = std::move(keep),
                           .user = user,
                           .open_last = open_last,
                           .end_with_parent = true})
      .ok();
}

bool ConfinementChoice::confine_watcher(std::vector<int> keep) const {
  std::sort(keep.begin(), keep.end());
  close_descriptors_but(keep);
  return xsaudit::confine({.descriptors = std::move(keep), .user = user}).ok();
}

}  // namespace xsaudit
