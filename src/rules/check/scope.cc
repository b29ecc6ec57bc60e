#include "rules/check/scope.h"

namespace xsaudit {

Scope::Scope() {
  names_.push_back({Name::Kind::bound, "node", kText, kNodeSlot, {}});
  names_.push_back({Name::Kind::value_of_node, "value", kText, kNodeSlot, {}});
}

const Scope::Name* Scope::find(std::string_view name) const {
  for (auto one = names_.rbegin(); one != names_.rend(); ++one) {
    if (one->name == name) return &*one;
  }
  return nullptr;
}

std::vector<std::string_view> Scope::names() const {
  std::vector<std::string_view> names;
  for (const Name& one : names_) names.push_back(one.name);
  return names;
}

std::optional<Slot> Scope::new_slot() {
  if (layout_.slots >= kMaxSlots) return std::nullopt;
  return static_cast<Slot>(layout_.slots++);
}

std::optional<Slot> Scope::bind(std::string name, Type type) {
  const auto slot = new_slot();
  if (slot) names_.push_back({Name::Kind::bound, std::move(name), type, *slot, {}});
  return slot;
}

std::optional<Slot> Scope::let(std::string name, const Expression& expression) {
  const auto slot = new_slot();
  if (!slot) return slot;
  names_.push_back(
      {Name::Kind::let, std::move(name), expression.type(), *slot, expression.reads()});
  layout_.lets.emplace_back(*slot, &expression);
  return slot;
}

void Scope::forget_since(std::size_t mark) {
  names_.erase(names_.begin() + static_cast<std::ptrdiff_t>(mark), names_.end());
}

}  // namespace xsaudit
