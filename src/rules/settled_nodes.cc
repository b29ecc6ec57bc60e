#include "rules/settled_nodes.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <string_view>

#include "rules/check/names.h"
#include "rules/eval/operators.h"
#include "rules/functions/schema_index.h"
#include "rules/functions/store_index.h"

namespace xsaudit {
namespace {

// Sizes above are rare: such nodes are judged.
constexpr std::int64_t kSizes = std::int64_t{1} << 16;

const Expression* let_of(const SlotLayout& layout, Slot slot) {
  const auto found = std::find_if(layout.lets.begin(), layout.lets.end(),
                                  [slot](const auto& let) { return let.first == slot; });
  return found == layout.lets.end() ? nullptr : found->second;
}

std::vector<const Expression*> pointers_to(const std::vector<ExpressionPtr>& expressions) {
  std::vector<const Expression*> pointers;
  for (const ExpressionPtr& one : expressions) pointers.push_back(one.get());
  return pointers;
}

}  // namespace

// Eight bytes at a time: most values are short, and nearly all are printable ASCII.
bool printable_ascii(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x80 * kEach;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    // The high bit of a byte is set if the byte is above 127, below 32 (by the subtraction, if no
    // lower byte is), or 127 (by the addition, if no byte is above 127).
    if (((word | (word - ' ' * kEach) | (word + kEach)) & kHigh) != 0) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

SettledNodes::SettledNodes(const SlotLayout& layout, SlotSet bound)
    : layout_(&layout), bound_(bound) {}

void SettledNodes::add(const Expression& condition, bool value) {
  std::vector<Way> more = ways_of(condition, value);
  std::move(more.begin(), more.end(), std::back_inserter(ways_));
  const auto found = std::find_if(ways_.begin(), ways_.end(), [](const Way& way) {
    return way.size() == 1 && way.front().in_table && way.front().parts[0] == kNodePermissions;
  });
  by_permissions_ = found == ways_.end() ? kNoWay : static_cast<std::size_t>(found - ways_.begin());
}

// Nothing is left out that judging the node would evaluate of a search: each evaluation adds to
// what all together may visit (search_index.h), so a rule would give up earlier.
std::vector<SettledNodes::Way> SettledNodes::ways_of(const Expression& condition,
                                                     bool value) const {
  if (std::vector<Way> test = test_of(condition, value); !test.empty()) return test;
  if (const auto* const negation = dynamic_cast<const Negation*>(&condition)) {
    return ways_of(negation->part(), !value);
  }
  if (const auto* const conjunction = dynamic_cast<const Conjunction*>(&condition)) {
    const auto parts = pointers_to(conjunction->parts());
    return value ? ways_of_all(parts, true) : ways_of_any(parts, false);
  }
  if (const auto* const disjunction = dynamic_cast<const Disjunction*>(&condition)) {
    const auto parts = pointers_to(disjunction->parts());
    return value ? ways_of_any(parts, true) : ways_of_all(parts, false);
  }
  if (const auto* const name = dynamic_cast<const LetName*>(&condition)) {
    const Expression* const let = let_of(*layout_, name->slot());
    return let == nullptr ? std::vector<Way>() : ways_of(*let, value);
  }
  const auto* const choice = dynamic_cast<const Conditional*>(&condition);
  if (choice == nullptr || choice->condition().reads().searches) return {};
  std::vector<Way> ways;
  for (const bool taken : {true, false}) {
    const std::vector<Way> first = ways_of(choice->condition(), taken);
    const std::vector<Way> then = ways_of(taken ? choice->yes() : choice->no(), value);
    for (const Way& a : first) {
      for (const Way& b : then) {
        ways.push_back(a);
        ways.back().insert(ways.back().end(), b.begin(), b.end());
      }
    }
  }
  return ways.size() <= kMaxWays ? ways : std::vector<Way>();
}

// One part decides, wherever it stands among the others, as long as no search comes before it.
std::vector<SettledNodes::Way> SettledNodes::ways_of_any(
    const std::vector<const Expression*>& parts, bool value) const {
  std::vector<Way> ways;
  for (const Expression* const part : parts) {
    std::vector<Way> more = ways_of(*part, value);
    std::move(more.begin(), more.end(), std::back_inserter(ways));
    if (part->reads().searches) break;
  }
  return ways.size() <= kMaxWays ? ways : std::vector<Way>();
}

std::vector<SettledNodes::Way> SettledNodes::ways_of_all(
    const std::vector<const Expression*>& parts, bool value) const {
  std::vector<Way> ways = {{}};
  for (const Expression* const part : parts) {
    const std::vector<Way> of_part = ways_of(*part, value);
    std::vector<Way> longer;
    for (const Way& before : ways) {
      for (const Way& more : of_part) {
        longer.push_back(before);
        longer.back().insert(longer.back().end(), more.begin(), more.end());
      }
    }
    if (longer.size() > kMaxWays) return {};
    ways = std::move(longer);
  }
  return ways;
}

// The condition as it is, if it reads few enough parts.
std::vector<SettledNodes::Way> SettledNodes::test_of(const Expression& condition,
                                                     bool value) const {
  const Reads& reads = condition.reads();
  const auto count = static_cast<std::size_t>(std::popcount(reads.node));
  if ((reads.node & kNodeRest) != 0 || count > kMaxParts || reads.searches) return {};
  SlotSet of_node = bit(kNodeSlot);
  for (const auto& let : layout_->lets) of_node |= bit(let.first);
  const SlotSet outer = reads.without(of_node).slots;
  if ((outer & ~bound_) != 0) return {};
  Test test{.condition = &condition, .value = value, .answers = {}};
  std::size_t parts = 0;
  for (NodeParts part = 1; part < kNodeRest; part = static_cast<NodeParts>(part << 1)) {
    if ((reads.node & part) != 0) test.parts[parts++] = part;
  }
  test.of_round = outer != 0;
  test.in_table = !test.of_round && count <= 1 && reads.node != kNodeHome;
  return {{test}};
}

std::uint32_t SettledNodes::number_of_rare(NodeParts part, EvalContext& context, NodeId node) {
  const Snapshot& snapshot = context.snapshot;
  StoreIndex& index = context.store_index;
  // A node is judged again if one of its parts changes.
  const ValueReads::Scope scope(snapshot.reads(), ValueReads::kNothing);
  const auto number = [](std::int64_t size) {
    return size < kSizes ? static_cast<std::uint32_t>(size) : kNoNumber;
  };
  const auto known_number = [&](const Sizes::Size& size) {
    return size.gap == kNoNode ? number(size.bytes) : kNoNumber;
  };
  switch (part) {
    case kNodeName: return snapshot.name_id(node);
    case kNodeDepth: return index.depth(node);
    case kNodePathSize: return number(index.sizes().path(node));
    case kNodeListingSize: return known_number(index.sizes().listing(node));
    case kNodeSize: return known_number(index.sizes().node(node));
    case kNodeValueSize:
      if (snapshot.value_unknown(node) != UnknownReason::known) return kNoNumber;
      return number(static_cast<std::int64_t>(snapshot.value(node).size()));
    case kNodeValueClass:
      if (snapshot.value_unknown(node) != UnknownReason::known) return kNoNumber;
      return printable_ascii(snapshot.value(node)) ? 0 : kNoNumber;
    default: break;
  }
  // Where the place of a node is not known, nothing is that follows from it.
  if (index.any_unplaced()) return kNoNumber;
  if (part == kNodeHome) {
    const NodeId home = index.home_of(node);
    return home == kNoNode ? kRootNode : home;  // "/" is never a home
  }
  // The schema's index says nothing of unknown permissions.
  if (snapshot.permissions_id(node) == kNoPermissions) return kNoNumber;
  return index.schema().class_of(node);
}

bool SettledNodes::last_has_value(EvalContext& context, NodeId node, Test& test) const {
  if (test.of_round && round_ == 0) return false;
  std::array<std::uint32_t, kMaxParts + 1> now{};
  if (test.of_round) now.back() = round_;
  for (std::size_t i = 0; i < kMaxParts; ++i) {
    now[i] = number_of(test.parts[i], context, node);
    if (now[i] == kNoNumber) return false;
  }
  bool same = true;  // (a call to compare so few bytes takes longer)
  for (std::size_t i = 0; i < now.size(); ++i) same = same && test.last[i] == now[i];
  if (test.answer == Answer::unasked || !same) {
    test.last = now;
    test.answer = ask(context, node, test);
  }
  return test.answer == Answer::has_value;
}

// What is unknown at one node may be known at another: such nodes are left open.
SettledNodes::Answer SettledNodes::ask(EvalContext& context, NodeId node, const Test& test) {
  context.move_to(node);
  const ValueReads::AlikeScope scope(context.snapshot.reads(), node);
  const Value value = test.condition->evaluate(context);
  const bool has = value.is(Value::Kind::boolean) && value.boolean == test.value;
  return has ? Answer::has_value : Answer::open;
}

SettledNodes settled_nodes(const RuleProgram& program) {
  // Below ** the nodes of one match have the names of the pattern in common.
  const auto& alternatives = program.match.alternatives;
  const bool deep = std::all_of(alternatives.begin(), alternatives.end(),
                                [](const auto& one) { return one.pattern.deep(); });
  SettledNodes settled(program.layout, deep ? program.match.slots() : 0);
  if (program.when != nullptr) settled.add(*program.when, false);
  if (program.when == nullptr || !program.when->reads().searches) {
    settled.add(*program.assertion, true);
  }
  return settled;
}

}  // namespace xsaudit
