// The access that the schema describes for a node, and the differences of its actual access: an
// entry's forms for the toolstack that made the domain, with every variable filled in. A variable
// that the path does not bind is looked up where no guest can write: the backend's domain in the
// toolstack's own record of the device, a stub domain by its target, a guest by its UUID. The
// comparison covers what permissions grant, not how they are written. Remembers what it looked up,
// so used by one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "schema/entry.h"

namespace xsaudit {

// The additional and the missing access of a node. A wrong owner is reported separately: it may
// change the permissions, too.
struct AccessDifference {
  DomainSet gained_read;
  DomainSet gained_write;
  DomainSet gained_ownership;
  DomainSet lost_read;
  DomainSet lost_write;
  DomainSet lost_ownership;

  bool more() const;
  bool less() const;
  // "domain 3 may write it, and domain 5 may not read it"; empty if there is none.
  std::string text() const;
};

class AccessDescriptions {
 public:
  AccessDescriptions(const AuditContext& facts, StoreIndex& store_index)
      : facts_(facts), store_index_(store_index) {}

  // Names of profiles; empty where the schema does not describe such a node for any profile that
  // the domain may have.
  std::vector<std::string_view> profiles(const Schema::Match& match);

  // Whether it is known which toolstack made the domains of such a node; if not, all count.
  bool profile_known(const Schema::Match& match) { return known_profiles(match).has_value(); }
  // Whether it makes no difference which.
  bool same_for_all(const SchemaEntry& entry) const;

  // All lists that the schema would accept, at a path that matches; empty where it does not say.
  // Where it is not known which domains a variable stands for, it may stand for any of those that
  // the permissions there name, if these are given.
  std::vector<Permissions> described(const Schema::Match& match, std::string_view path,
                                     const Permissions* there = nullptr);

  // From the nearest of them; the node's permissions are known. Where the node is the guest's own
  // business (SchemaEntry::free), none as long as it is the guest's.
  AccessDifference difference(const SchemaEntry& entry, const std::vector<Permissions>& described,
                              NodeId node);

 private:
  using Domids = std::vector<Domid>;
  // All domains that a variable stands for, as far as the store shows it.
  struct Found {
    Domids domids;
    bool all_known = true;
  };
  Found domains_of(std::string_view variable, const Schema::Match& match, std::string_view path);
  Found backend_domains(std::string_view path) const;
  bool all_uuids_known();
  Domids alternatives(const PermissionTemplate::Entry& one, const Schema::Match& match,
                      std::string_view path, const Permissions* there);
  const Domids& domains_of_uuid(std::string_view uuid);
  using Indices = std::vector<ProfileTable::Index>;
  std::optional<Indices> known_profiles(const Schema::Match& match);
  Indices profile_indices(const Schema::Match& match);
  AccessDifference difference(const Permissions& described, NodeId node);
  DomainSet owner_set(Domid owner) const;
  DomainSet alive_only(const DomainSet& set) const;

  const AuditContext& facts_;
  StoreIndex& store_index_;
  std::map<std::string, Domids, std::less<>> by_uuid_;
  bool looked_for_uuids_ = false;
  std::optional<bool> all_uuids_known_;  // nothing: not asked yet
};

}  // namespace xsaudit
