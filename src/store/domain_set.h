// A set of unprivileged domains: a few listed domains, or all except a few (the default access of a
// node applies to every domain without an entry of its own, also to unknown domains). A plain
// value.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/string_pool.h"
#include "store/permissions.h"

namespace xsaudit {

class DomainSet {
 public:
  DomainSet() = default;  // no domain
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

// Stores each distinct set of domains once, under a number, with unions and intersections of
// numbers: a store has few distinct sets, however many nodes. Guests choose permissions, so nothing
// here grows faster than the permissions that they wrote: a union of more than kMaxListed listed
// domains becomes the set of every domain, and results are cached in a table of fixed size. Used by
// one thread.
class DomainSetTable {
 public:
  using Id = std::uint32_t;
  static constexpr Id kNobody = 0;
  static constexpr std::size_t kMaxListed = 100;

  // `everybody` replaces unions that are too large.
  explicit DomainSetTable(DomainSet everybody);

  Id id(DomainSet set);
  Id united(Id a, Id b);
  Id intersected(Id a, Id b);

  // The sets by their numbers; ends the table.
  std::vector<DomainSet> take() && { return std::move(sets_); }

 private:
  struct Remembered {
    Id a = kNobody;  // never looked up with kNobody
    Id b = kNobody;
    Id result = kNobody;
  };
  using Memory = std::vector<Remembered>;
  static Remembered& remembered(Memory& memory, Id a, Id b);

  std::vector<DomainSet> sets_;
  SlotTable ids_;
  Id everybody_;
  Memory unions_;
  Memory intersections_;
};

}  // namespace xsaudit
