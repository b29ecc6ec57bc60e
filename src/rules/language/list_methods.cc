#include "rules/language/list_methods.h"

namespace xsaudit {
namespace {

Value members(Frame& frame, const Value& domains) {
  const DomainSet& set = *domains.domains;
  std::vector<Domid> members;
  if (set.everyone_else()) {
    for (const Domid domid : frame.facts.liveness.alive) {
      if (set.contains(domid)) members.push_back(domid);
    }
  } else {
    members = set.listed();
  }
  frame.step(members.size());
  const std::size_t others = set.everyone_else() ? 1 : 0;
  const std::span<Value> items = frame.arena.array<Value>(members.size() + others);
  for (std::size_t i = 0; i < members.size(); ++i) {
    items[i] = Value::of(std::int64_t{members[i]});
  }
  return Value::of_list(items.data(), items.size(), domains.gap);
}

}  // namespace

Value ListMethod::evaluate(Frame& frame) const {
  const Value list = list_->evaluate(frame);
  if (list.is(Value::Kind::unknown)) return list;
  const Value items = list.is(Value::Kind::domains) ? members(frame, list) : list;
  return kind_ == Kind::exists || kind_ == Kind::all ? decide(frame, items) : collect(frame, items);
}

// Gives up what the condition made of an item, but for a reason that is kept.
Value ListMethod::decide(Frame& frame, const Value& list) const {
  const bool decisive = kind_ == Kind::exists;
  const Unknown* unknown = list.gap;
  const bool before = frame.took_for_dead;
  bool took_for_dead = before;
  if (list.size > 0) frame.work_out(body_->reads().slots);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (!frame.step()) {
      unknown = worse(unknown, frame.time_up());
      break;
    }
    const Arena::Mark mark = frame.arena.mark();
    frame.slots[slot_] = list.items[i];
    frame.took_for_dead = before;
    const Value value = body_->evaluate(frame);
    const Unknown* const worst = unknown;
    if (value.is(Value::Kind::unknown)) {
      unknown = worse(unknown, value.unknown);
    } else if (value.boolean == decisive) {
      return value;  // the whole rests on this item alone
    }
    if (unknown == worst) frame.arena.release(mark);
    took_for_dead = took_for_dead || frame.took_for_dead;
  }
  frame.took_for_dead = took_for_dead;
  return unknown != nullptr ? Value::of(unknown) : Value::of(!decisive);
}

// An item of which it is not known whether it belongs is left out, and leaves a gap.
Value ListMethod::collect(Frame& frame, const Value& list) const {
  const std::span<Value> kept = frame.arena.array<Value>(list.size);
  std::size_t count = 0;
  const Unknown* gap = list.gap;
  if (list.size > 0) frame.work_out(body_->reads().slots);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (!frame.step()) {
      gap = worse(gap, frame.time_up());
      break;
    }
    const Arena::Mark mark = frame.arena.mark();
    frame.slots[slot_] = list.items[i];
    const Value value = body_->evaluate(frame);
    const Unknown* const worst = gap;
    if (value.is(Value::Kind::unknown)) {
      gap = worse(gap, value.unknown);
    } else if (kind_ == Kind::map) {
      kept[count++] = value;
    } else if (value.boolean) {
      kept[count++] = list.items[i];
    }
    if (gap == worst && kind_ != Kind::map) frame.arena.release(mark);
  }
  return Value::of_list(kept.data(), count, gap);
}

}  // namespace xsaudit
