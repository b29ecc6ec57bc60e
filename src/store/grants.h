// What one permission list grants, and to whom, by the rules of the daemon that keeps the store:
// xenstored core.c perm_for_conn, or oxenstored perms.ml check. They differ for stub domains and
// for DOMID_ANY; when the daemon is not known, or whether it knows DOMID_ANY, a domain may do what
// any of them would let it. Knows nothing of trees: access.h asks it for every list of a snapshot.
// Immutable once made; any number of threads may ask.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "store/domain_set.h"
#include "store/permissions.h"
#include "store/snapshot_info.h"

namespace xsaudit {

struct AccessOptions {
  std::vector<Domid> privileged = {0};  // may do everything
  // Stub domain S acts for its target T too (SET_TARGET): pairs (S, T).
  std::vector<std::pair<Domid, Domid>> targets;
  // Whether DOMID_ANY entries speak for every domain: with C xenstored from Xen 4.22 on (xen.git
  // 42aeed3b53). Nothing: that is not known.
  std::optional<bool> any_domid;
};

enum class Right { read, write };

class Grants {
 public:
  Grants(const AccessOptions& options, Daemon daemon);

  bool privileged(Domid domid) const;

  // What the list grants to one unprivileged domain. The list must not be empty.
  bool allows(const Permissions& permissions, Domid domid, Right right) const;

  // Every unprivileged domain that the list grants the right to, in n log n of its entries. A
  // number that no domain can have is not among them.
  DomainSet domains(const Permissions& permissions, Right right) const;

 private:
  class FirstEntries;
  bool allows(const FirstEntries& entries, Domid domid, Right right) const;
  bool cxenstored_allows(const FirstEntries& entries, Domid domid, Right right,
                         bool any_domid) const;
  bool oxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const;

  std::vector<Domid> privileged_;  // sorted
  std::multimap<Domid, Domid> targets_of_;
  std::multimap<Domid, Domid> stubs_of_;
  std::optional<bool> any_domid_;
  Daemon daemon_;
};

}  // namespace xsaudit
