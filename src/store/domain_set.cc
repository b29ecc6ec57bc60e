#include "store/domain_set.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/hash.h"

namespace xsaudit {

namespace {

std::vector<Domid> sorted(std::vector<Domid> domids) {
  std::sort(domids.begin(), domids.end());
  domids.erase(std::unique(domids.begin(), domids.end()), domids.end());
  return domids;
}

std::vector<Domid> either(const std::vector<Domid>& a, const std::vector<Domid>& b) {
  std::vector<Domid> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
std::vector<Domid> both(const std::vector<Domid>& a, const std::vector<Domid>& b) {
  std::vector<Domid> out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
std::vector<Domid> minus(const std::vector<Domid>& a, const std::vector<Domid>& b) {
  std::vector<Domid> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

DomainSet DomainSet::of(std::vector<Domid> domids) {
  DomainSet set;
  set.listed_ = sorted(std::move(domids));
  return set;
}

DomainSet DomainSet::all_but(std::vector<Domid> domids) {
  DomainSet set = of(std::move(domids));
  set.everyone_else_ = true;
  return set;
}

bool DomainSet::contains(Domid domid) const {
  return std::binary_search(listed_.begin(), listed_.end(), domid) != everyone_else_;
}

DomainSet DomainSet::united(const DomainSet& other) const {
  if (!everyone_else_ && !other.everyone_else_) return of(either(listed_, other.listed_));
  if (everyone_else_ && other.everyone_else_) return all_but(both(listed_, other.listed_));
  return everyone_else_ ? all_but(minus(listed_, other.listed_))
                        : all_but(minus(other.listed_, listed_));
}

DomainSet DomainSet::intersected(const DomainSet& other) const {
  if (!everyone_else_ && !other.everyone_else_) return of(both(listed_, other.listed_));
  if (everyone_else_ && other.everyone_else_) return all_but(either(listed_, other.listed_));
  return everyone_else_ ? of(minus(other.listed_, listed_)) : of(minus(listed_, other.listed_));
}

DomainSet DomainSet::without(Domid domid) const { return intersected(all_but({domid})); }

std::string DomainSet::text() const {
  static constexpr std::size_t kShown = 10;
  std::string list;
  const std::size_t shown = std::min(listed_.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) list += i + 1 == listed_.size() ? " and " : ", ";
    list += std::to_string(listed_[i]);
  }
  if (listed_.size() > shown) list += " and " + std::to_string(listed_.size() - shown) + " more";
  if (everyone_else_) return listed_.empty() ? "every domain" : "every domain but " + list;
  if (listed_.empty()) return "no unprivileged domain";
  return (listed_.size() == 1 ? "domain " : "domains ") + list;
}

bool DomainSet::operator<(const DomainSet& other) const {
  return std::tie(everyone_else_, listed_) < std::tie(other.everyone_else_, other.listed_);
}

namespace {

constexpr std::size_t kRemembered = 4096;

std::uint32_t hash_of(const DomainSet& set) {
  const auto& listed = set.listed();
  const std::string_view bytes(reinterpret_cast<const char*>(listed.data()),
                               listed.size() * sizeof(Domid));
  const std::uint64_t hash = keyed_hash(bytes);
  return static_cast<std::uint32_t>(set.everyone_else() ? ~hash : hash);
}

}  // namespace

DomainSetTable::DomainSetTable(DomainSet everybody)
    : unions_(kRemembered), intersections_(kRemembered) {
  id(DomainSet());
  everybody_ = id(std::move(everybody));
}

DomainSetTable::Id DomainSetTable::id(DomainSet set) {
  const std::uint32_t hash = hash_of(set);
  const Id known = ids_.find(hash, [&](Id id) { return sets_[id] == set; });
  if (known != SlotTable::kNone) return known;
  const auto made = static_cast<Id>(sets_.size());
  sets_.push_back(std::move(set));
  ids_.add(hash, made);
  return made;
}

// The slot of the result for a pair; it may contain another pair.
DomainSetTable::Remembered& DomainSetTable::remembered(Memory& memory, Id a, Id b) {
  const std::uint64_t mixed = ((std::uint64_t{a} << 32) | b) * 0x9e3779b97f4a7c15U;
  return memory[mixed >> 52];
}

DomainSetTable::Id DomainSetTable::united(Id a, Id b) {
  if (a == b || b == kNobody) return a;
  if (a == kNobody) return b;
  Remembered& place = remembered(unions_, a, b);
  if (place.a == a && place.b == b) return place.result;
  DomainSet both = sets_[a].united(sets_[b]);
  const bool too_many = !both.everyone_else() && both.listed().size() > kMaxListed;
  place = {a, b, too_many ? everybody_ : id(std::move(both))};
  return place.result;
}

DomainSetTable::Id DomainSetTable::intersected(Id a, Id b) {
  if (a == b) return a;
  if (a == kNobody || b == kNobody) return kNobody;
  Remembered& place = remembered(intersections_, a, b);
  if (place.a == a && place.b == b) return place.result;
  place = {a, b, id(sets_[a].intersected(sets_[b]))};
  return place.result;
}

}  // namespace xsaudit
