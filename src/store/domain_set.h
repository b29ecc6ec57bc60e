// A set of unprivileged domains: a few that are listed, or all but a few (the default access of a
// node speaks for every domain that has no entry of its own, known to us or not). A plain value.
#pragma once

#include <string>
#include <vector>

#include "store/permissions.h"

namespace xsaudit {

class DomainSet {
 public:
  DomainSet() = default;  // nobody
  static DomainSet of(std::vector<Domid> domids);
  static DomainSet all_but(std::vector<Domid> domids);

  bool empty() const { return !everyone_else_ && listed_.empty(); }
  bool contains(Domid domid) const;

  // True: the set is every domain but listed(). False: it is listed().
  bool everyone_else() const { return everyone_else_; }
  const std::vector<Domid>& listed() const { return listed_; }  // sorted, each once

  // Listed members; "every other domain" counts as one more.
  std::size_t size() const { return everyone_else_ ? 1 : listed_.size(); }

  DomainSet united(const DomainSet& other) const;
  DomainSet intersected(const DomainSet& other) const;
  DomainSet without(Domid domid) const;

  // "no unprivileged domain", "domain 3", "domains 3, 5 and 9", "every domain", "every domain but
  // 3"; long lists are cut after ten.
  std::string text() const;

  bool operator==(const DomainSet&) const = default;
  bool operator<(const DomainSet& other) const;  // any total order, for tables

 private:
  bool everyone_else_ = false;
  std::vector<Domid> listed_;
};

}  // namespace xsaudit
