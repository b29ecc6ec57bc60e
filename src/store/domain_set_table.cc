#include "store/domain_set_table.h"

#include <string_view>
#include <utility>

#include "store/keyed_hash.h"

namespace xsaudit {
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

// The place where the result for a pair is, or may be put: another pair may be there.
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
  const bool too_many = !both.everyone_else() && both.listed().size() > kMostListed;
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
