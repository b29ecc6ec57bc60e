#include "cli/confinement_choice.h"

extern "C" {  // the header does not say it
#include <xentoolcore.h>
}

#include <utility>

#include "cli/command_line.h"
#include "host/confinement.h"

namespace xsaudit {
namespace {

constexpr const char* kConfinementGroup = "Confinement";

// Which domain to restrict them to is asked for, but libxenstore's handles are made useless
// altogether (xen.git tools/libs/store/xs.c all_restrict_cb).
bool give_up_store_handles() { return ::xentoolcore_restrict_all(0) == 0; }

}  // namespace

void ConfinementChoice::add_to(CLI::App& app) {
  app.add_option("--user", user, "become this user once the store is read, where started as root")
      ->type_name("NAME")
      ->group(kConfinementGroup);
  app.add_flag("--no-confine", off, "keep privileges, files and system calls while judging")
      ->group(kConfinementGroup);
}

Status ConfinementChoice::confine(std::vector<int> keep) const {
  if (off) return ok();
  const auto confinement = xsaudit::confine({.descriptors = std::move(keep),
                                             .user = user,
                                             .give_up_store_handles = give_up_store_handles});
  if (!confinement) return confinement.error();
  for (const Confinement::Part& part : confinement->missing()) {
    fail(Error{"not confined", part.name + ": " + part.reason, {}});
  }
  return ok();
}

}  // namespace xsaudit
