// Which domain of a newer store is which domain of an older one. A guest has a new domid after each
// restart and is recognised by its UUID, so a domid of the newer store is translated to the domid
// that the same guest had in the older one: in paths, in values and in permission entries. Schema,
// snapshots and guests must outlive it. Used by one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/guests.h"
#include "schema/schema.h"
#include "store/permissions.h"
#include "store/snapshot.h"

namespace xsaudit {

class GuestMatching {
 public:
  struct Renumbered {
    Guest guest;  // as in the older store
    Domid new_domid;
  };

  GuestMatching(const Schema& schema, const Snapshot& older, const Snapshot& newer,
                Guests& guests_of_older, Guests& guests_of_newer);

  const std::vector<Renumbered>& renumbered() const { return renumbered_; }
  const std::vector<Guest>& came() const { return came_; }  // only in the newer store
  const std::vector<Guest>& gone() const { return gone_; }  // only in the older store

  // The domid in the older store. A guest that the older store does not have gets a number that no
  // domain of it has.
  Domid translated(Domid domid) const;
  // A text that equals the path of the same node in the older store, or no path of it.
  std::string translated_path(std::string_view path) const;
  Permissions translated(Permissions permissions) const;
  // The value of a node of the newer store: paths and, if the node's type is a domid, numbers.
  std::string translated_value(std::string_view value, const SchemaEntry* entry) const;

 private:
  void match(Domid older, Domid newer);
  bool is_domid(const ValueType& type) const;

  const Schema& schema_;
  Guests& guests_of_older_;
  Guests& guests_of_newer_;
  std::map<Domid, Domid> to_older_;
  std::set<Domid> taken_;  // domids of the older store that some guest has in it
  std::set<Domid> moved_;  // those of the older store with another number in the newer one
  std::vector<Renumbered> renumbered_;
  std::vector<Guest> came_;
  std::vector<Guest> gone_;
};

}  // namespace xsaudit
