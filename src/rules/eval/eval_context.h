// The state of an evaluation: the facts, the node being judged, the names bound so far, and the
// memory for intermediate values. There is one context for each rule of an evaluation, used by one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/audit_context.h"
#include "rules/eval/value.h"
#include "rules/functions/store_index.h"

namespace xsaudit {

class Expression;
class SearchIndex;

// The index of a name in a context. A set of slots is a word with one bit for each.
using Slot = std::uint8_t;
inline constexpr std::size_t kMaxSlots = 64;
using SlotSet = std::uint64_t;
inline constexpr SlotSet bit(Slot slot) { return SlotSet{1} << slot; }

inline constexpr Slot kNodeSlot = 0;  // `node`

// The slots and searches that a rule needs in a context.
struct SlotLayout {
  std::size_t slots = 1;
  std::size_t searches = 0;                              // any, all and count in the whole rule
  std::size_t store_values = 0;                          // calls with one value for the whole store
  std::vector<std::pair<Slot, const Expression*>> lets;  // computed when first read
};

class EvalContext {
 public:
  // Values are marked as secret only when a rule's texts are made: finding out which values are
  // secret costs more than judging a node.
  enum class Secrets : bool { unmarked, marked };
  EvalContext(const AuditContext& facts, StoreIndex& store_index, const SlotLayout& layout,
              Secrets secrets = Secrets::unmarked);
  ~EvalContext();
  EvalContext(const EvalContext&) = delete;
  EvalContext& operator=(const EvalContext&) = delete;

  // Discards everything that was computed for the previous node.
  void move_to(NodeId node);
  NodeId node() const { return slots[kNodeSlot].node; }

  // The value of a name that the rule defines under `let`.
  const Value& let(Slot slot) {
    if ((worked_out_ & bit(slot)) == 0) work_out_let(slot);
    return slots[slot];
  }
  // Computes all names of the set now. Loops call this before they release the memory of each
  // round.
  void work_out(SlotSet set);

  // The value that an expression has for the whole store; worked out when first read.
  const Value& of_store(std::size_t index, const Expression& expression);

  std::string_view text_of(const Value& text) {  // of Kind::text or Kind::path
    return text.kind == Value::Kind::text ? text.view() : path_of(text);
  }
  // "/a/b: its value is not known: …"; safe to print.
  std::string text_of(const Unknown& unknown);

  // Counts steps. False once the time for judging is up: the loop then ends, and its result is
  // unknown.
  bool step(std::uint64_t steps = 1) { return store_index.clock().step(steps) || !heeds_clock; }
  const Unknown* time_up() const;

  // The value of a node, or unknown with the reason.
  Value value_at(NodeId node);
  const Unknown* unknown(const Value& path, const char* fact, UnknownReason reason);
  const Unknown* unknown(NodeId node, const char* fact, UnknownReason reason);
  // The result of an operator for an operand that is unknown or null. A lower bound or a list of
  // possible values of the operand is not a bound of the result, so it is left out.
  Value undecided(const Value& operand);

  const AuditContext& facts;
  const Snapshot& snapshot;
  StoreIndex& store_index;
  // False while the texts of a finding are made: a fault that was found in time is reported
  // completely.
  bool heeds_clock = true;
  Arena arena;
  std::vector<Value> slots;
  std::vector<std::unique_ptr<SearchIndex>> searches;

 private:
  void work_out_let(Slot slot);
  std::string_view path_of(const Value& path);

  const bool marks_secrets_;
  SlotSet worked_out_ = 0;
  std::vector<const Expression*> lets_;  // by slot; null if the slot is not a name under `let`
  std::vector<std::optional<Value>> store_values_;
  Arena store_arena_;  // what these values point to
};

// The result of looking up a path.
struct NodeLookup {
  NodeId node = kNoNode;     // the node, if the store has it
  NodeId nearest = kNoNode;  // else its nearest ancestor that exists; kNoNode if it is not a path
  const Unknown* unknown = nullptr;  // set if it is not known whether the node exists

  bool present() const { return node != kNoNode; }
};
NodeLookup look_up_node(EvalContext& context, const Value& path);

}  // namespace xsaudit
