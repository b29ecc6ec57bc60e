#include "store/grants.h"

#include <algorithm>
#include <limits>

namespace xsaudit {
namespace {

// Stands for a domain that no list names: a list's own number of no domain is never asked about,
// and no daemon prints this one (see Domid).
constexpr Domid kNobodyNamed = std::numeric_limits<Domid>::min();

bool grants(const PermissionEntry& entry, Right right) {
  return right == Right::read ? entry.read : entry.write;
}

}  // namespace

// A list prepared for looking domains up: for each domid the place of its first entry that counts,
// which later ones cannot change. The owner's entry is none of them: its letter is the default.
class Grants::FirstEntries {
 public:
  explicit FirstEntries(const Permissions& list) : list_(list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (!list[i].stale) places_.emplace_back(list[i].domid, i);
    }
    std::sort(places_.begin(), places_.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    places_.erase(std::unique(places_.begin(), places_.end(), same), places_.end());
  }

  const PermissionEntry& owner() const { return list_.front(); }

  // Behind every place when the domid has no entry.
  std::size_t place_of(Domid domid) const {
    const auto found =
        std::lower_bound(places_.begin(), places_.end(), std::pair(domid, std::size_t{0}));
    return found != places_.end() && found->first == domid ? found->second : list_.size();
  }
  // The entry at a place, or the one that speaks for everybody without an entry.
  const PermissionEntry& at(std::size_t place) const {
    return place < list_.size() ? list_[place] : owner();
  }

 private:
  const Permissions& list_;
  std::vector<std::pair<Domid, std::size_t>> places_;  // sorted
};

Grants::Grants(const AccessOptions& options, Daemon daemon)
    : privileged_(options.privileged), any_domid_(options.any_domid), daemon_(daemon) {
  std::sort(privileged_.begin(), privileged_.end());
  for (const auto& [stub, target] : options.targets) {
    targets_of_.emplace(stub, target);
    stubs_of_.emplace(target, stub);
  }
}

bool Grants::privileged(Domid domid) const {
  return std::binary_search(privileged_.begin(), privileged_.end(), domid);
}

// Whichever entry comes first of those for the domain, for its target and for every domain decides.
bool Grants::cxenstored_allows(const FirstEntries& entries, Domid domid, Right right,
                               bool any_domid) const {
  const Domid owner = entries.owner().domid;
  if (owner == domid || (any_domid && owner == kAnyDomid)) return true;
  std::size_t first = entries.place_of(domid);
  if (any_domid) first = std::min(first, entries.place_of(kAnyDomid));
  const auto [begin, end] = targets_of_.equal_range(domid);
  for (auto pair = begin; pair != end; ++pair) {
    if (owner == pair->second) return true;
    first = std::min(first, entries.place_of(pair->second));
  }
  return grants(entries.at(first), right);
}

// The domain and its target are looked up each for itself, default included; either suffices.
bool Grants::oxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const {
  const auto allowed = [&](Domid identity) {
    return entries.owner().domid == identity ||
           grants(entries.at(entries.place_of(identity)), right);
  };
  if (allowed(domid)) return true;
  const auto [begin, end] = targets_of_.equal_range(domid);
  return std::any_of(begin, end, [&](const auto& pair) { return allowed(pair.second); });
}

bool Grants::allows(const FirstEntries& entries, Domid domid, Right right) const {
  if (daemon_ != Daemon::oxenstored) {
    if (any_domid_.value_or(true) && cxenstored_allows(entries, domid, right, true)) return true;
    if (!any_domid_.value_or(false) && cxenstored_allows(entries, domid, right, false)) return true;
  }
  return daemon_ != Daemon::cxenstored && oxenstored_allows(entries, domid, right);
}

bool Grants::allows(const Permissions& permissions, Domid domid, Right right) const {
  return allows(FirstEntries(permissions), domid, right);
}

DomainSet Grants::domains(const Permissions& permissions, Right right) const {
  // Domains that may get another answer than one nobody named: those with an entry, and their
  // stubs.
  std::vector<Domid> named;
  for (const PermissionEntry& entry : permissions) {
    named.push_back(entry.domid);
    const auto [begin, end] = stubs_of_.equal_range(entry.domid);
    for (auto pair = begin; pair != end; ++pair) named.push_back(pair->second);
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());

  const FirstEntries entries(permissions);
  std::vector<Domid> members;
  std::vector<Domid> exceptions = privileged_;
  for (const Domid domid : named) {
    if (privileged(domid) || !can_exist(domid)) continue;
    (allows(entries, domid, right) ? members : exceptions).push_back(domid);
  }
  return allows(entries, kNobodyNamed, right) ? DomainSet::all_but(std::move(exceptions))
                                              : DomainSet::of(std::move(members));
}

}  // namespace xsaudit
