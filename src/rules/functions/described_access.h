// The access that the schema describes for a node, and the differences of its actual access. It
// uses an entry's forms for the toolstack that created the domain, with every variable replaced. A
// variable that the path does not bind is looked up in nodes that no guest can write: the backend's
// domain in the toolstack's own record of the device, a stub domain by its target, a guest by its
// UUID. Granted access is compared, not the text of permissions. It caches results, so it is used
// by one thread.
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
  AccessDescriptions(const AuditContext& facts, StoreIndex& store_index);

  // Names of profiles; empty if the schema describes no such node for any profile that the domain
  // may have.
  std::vector<std::string_view> profiles(const Schema::Match& match);

  // The description of all nodes that one pattern matches with the same variables.
  struct Description {
    bool exists = false;  // for some profile that the domain may have
    // The toolstack of the node's domains is unknown, so all count, and they differ.
    bool unsure = false;
    std::vector<Permissions> access;  // as by described()
  };
  Description describe(const Schema::Match& match, NodeId node);

  // All lists that the schema accepts at a matching path; empty if it does not describe
  // permissions. If the domains of a variable are unknown, it may be any domain that the
  // permissions of the node name, if these are given.
  std::vector<Permissions> described(const Schema::Match& match, std::string_view path,
                                     const Permissions* there = nullptr);

  // The differences from the nearest list; the node's permissions are known. None for an unchecked
  // node (SchemaEntry::unchecked) as long as the guest owns it.
  AccessDifference difference(const SchemaEntry& entry, const std::vector<Permissions>& described,
                              NodeId node);

 private:
  using Domids = std::vector<Domid>;
  // All domains of a variable, as far as the store shows them.
  struct Found {
    Domids domids;
    bool all_known = true;
  };
  Found domains_of(std::string_view variable, const Schema::Match& match, std::string_view path);
  const Found& backend_domains(std::string_view path);
  Found find_backend_domains(std::string_view path) const;
  bool all_uuids_known();
  Domids alternatives(const PermissionTemplate::Entry& one, const Schema::Match& match,
                      std::string_view path, const Permissions* there);
  const Domids& domains_of_uuid(std::string_view uuid);
  using Indices = std::vector<ProfileTable::Index>;
  // The profiles that the node's domains may have: all of them if `known` is false.
  struct Profiles {
    Indices indices;
    bool known = true;
  };
  Profiles profiles_of(const Schema::Match& match);
  bool same_for_all(const SchemaEntry& entry) const;
  // Asks for the path only if the bindings of the match do not suffice.
  template <typename Path>
  std::vector<Permissions> described(const Indices& profiles, const Schema::Match& match,
                                     const Path& path, const Permissions* there);
  void add_lists(const PermissionTemplate& form, const Schema::Match& match, std::string_view path,
                 const Permissions* there, std::vector<Permissions>& whole,
                 std::vector<Permissions>& lacking);
  AccessDifference difference(const Permissions& described, NodeId node);
  DomainSet owner_set(Domid owner) const;
  DomainSet alive_only(const DomainSet& set) const;

  const AuditContext& facts_;
  StoreIndex& store_index_;
  Indices all_profiles_;
  std::map<std::string, Domids, std::less<>> by_uuid_;
  bool looked_for_uuids_ = false;
  std::optional<bool> all_uuids_known_;  // nothing: not asked yet
  // Asked for last: each entry of a list, and each list that is described, asks for the same path.
  std::string backend_path_;
  Found backend_domains_;
};

}  // namespace xsaudit
