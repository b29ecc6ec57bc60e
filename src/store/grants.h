// What one permission list grants, and to whom, by the rules of the daemon that keeps the store:
// xenstored core.c perm_for_conn, or oxenstored perms.ml check. They differ for stub domains and
// for DOMID_ANY; when the daemon is not known, a domain may do what either would let it. Knows
// nothing of trees: access.h asks it for every list of a snapshot.
// Immutable once made; any number of threads may ask.
#pragma once

#include <map>
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
  // DOMID_ANY entries speak for every domain: C xenstored from Xen 4.22 (xen.git 42aeed3b53). Where
  // they do not, the list still grants something to a domain of that number: closed() says no.
  bool any_domid = true;
};

enum class Right { read, write };

class Grants {
 public:
  Grants(const AccessOptions& options, Daemon daemon);

  bool privileged(Domid domid) const;

  // What the list grants to one unprivileged domain. The list must not be empty.
  bool allows(const Permissions& permissions, Domid domid, Right right) const;

  // Every unprivileged domain that the list grants the right to, in n log n of its entries.
  DomainSet domains(const Permissions& permissions, Right right) const;

 private:
  class FirstEntries;
  bool allows(const FirstEntries& entries, Domid domid, Right right) const;
  bool cxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const;
  bool oxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const;

  std::vector<Domid> privileged_;  // sorted
  std::multimap<Domid, Domid> targets_of_;
  std::multimap<Domid, Domid> stubs_of_;
  bool any_domid_;
  Daemon daemon_;
};

}  // namespace xsaudit
