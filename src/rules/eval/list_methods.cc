#include "rules/eval/list_methods.h"

namespace xsaudit {
namespace {

Value members(EvalContext& context, const Value& domains) {
  const DomainSet& set = *domains.domains;
  std::vector<Domid> members;
  if (set.everyone_else()) {
    for (const Domid domid : context.facts.liveness.alive) {
      if (set.contains(domid)) members.push_back(domid);
    }
  } else {
    members = set.listed();
  }
  context.step(members.size());
  const std::size_t others = set.everyone_else() ? 1 : 0;
  const std::span<Value> items = context.arena.array<Value>(members.size() + others);
  for (std::size_t i = 0; i < members.size(); ++i) {
    items[i] = Value::of(std::int64_t{members[i]});
  }
  return Value::of_list(items.data(), items.size(), domains.gap);
}

}  // namespace

Value ListMethod::evaluate(EvalContext& context) const {
  Dependence dependence;
  const Value list = dependence.take(list_->evaluate(context));
  if (list.is(Value::Kind::unknown)) return list;
  const Value items = list.is(Value::Kind::domains) ? members(context, list) : list;
  return dependence.give(kind_ == Kind::exists || kind_ == Kind::all ? decide(context, items)
                                                                     : collect(context, items));
}

// Releases the memory that the condition used for an item, unless it holds a reason that is kept.
Value ListMethod::decide(EvalContext& context, const Value& list) const {
  Decision decision(kind_ == Kind::exists, list.gap);
  if (list.size > 0) context.work_out(body_->reads().slots);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (!context.step()) {
      decision.take(context.time_up());
      break;
    }
    const Arena::Mark mark = context.arena.mark();
    context.slots[slot_] = list.items[i];
    const Unknown* const worst = decision.unknown();
    if (!decision.take(body_->evaluate(context))) break;
    if (decision.unknown() == worst) context.arena.release(mark);
  }
  return decision.result();
}

// If the condition is unknown for an item, the result omits the item and has a gap.
Value ListMethod::collect(EvalContext& context, const Value& list) const {
  Dependence dependence;
  const std::span<Value> kept = context.arena.array<Value>(list.size);
  std::size_t count = 0;
  const Unknown* gap = list.gap;
  if (list.size > 0) context.work_out(body_->reads().slots);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (!context.step()) {
      gap = worse(gap, context.time_up());
      break;
    }
    const Arena::Mark mark = context.arena.mark();
    context.slots[slot_] = list.items[i];
    const Value value = dependence.take(body_->evaluate(context));
    const Unknown* const worst = gap;
    if (value.is(Value::Kind::unknown)) {
      gap = worse(gap, value.unknown);
    } else if (kind_ == Kind::map) {
      kept[count++] = value;
    } else if (value.boolean) {
      kept[count++] = list.items[i];
    }
    if (gap == worst && kind_ != Kind::map) context.arena.release(mark);
  }
  return dependence.give(Value::of_list(kept.data(), count, gap));
}

}  // namespace xsaudit
