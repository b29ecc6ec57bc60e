// Where an expression is evaluated: the facts, the node being judged, the names bound so far, and
// the memory for what is made on the way. One for each rule of an evaluation; used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "rules/audit_context.h"
#include "rules/eval/value.h"
#include "rules/functions/store_index.h"

namespace xsaudit {

class Expression;
class SearchIndex;

// A name's place in a context. Sets of them are bits of one word.
using Slot = std::uint8_t;
inline constexpr std::size_t kMaxSlots = 64;
using SlotSet = std::uint64_t;
inline constexpr SlotSet bit(Slot slot) { return SlotSet{1} << slot; }

inline constexpr Slot kNodeSlot = 0;  // `node`

// What the names of a rule take up in a context.
struct SlotLayout {
  std::size_t slots = 1;
  std::size_t searches = 0;                              // any, all and count in the whole rule
  std::vector<std::pair<Slot, const Expression*>> lets;  // worked out when first read
};

class EvalContext {
 public:
  // Values are marked as secret only where they are made to be shown: to know which are costs more
  // than to judge a node.
  enum class Secrets : bool { unmarked, marked };
  EvalContext(const AuditContext& facts, StoreIndex& store_index, const SlotLayout& layout,
              Secrets secrets = Secrets::unmarked);
  ~EvalContext();
  EvalContext(const EvalContext&) = delete;
  EvalContext& operator=(const EvalContext&) = delete;

  // Forgets everything of the node before.
  void move_to(NodeId node);
  NodeId node() const { return slots[kNodeSlot].node; }

  // The value of a name under `let`.
  const Value& let(Slot slot);
  // Works out all those in the set: for loops that give up what is made in each round.
  void work_out(SlotSet set);

  std::string_view text_of(const Value& text);  // of Kind::text or Kind::path

  // Counts steps. False once the time for judging is up: a loop then ends, and what it would have
  // said is unknown.
  bool step(std::uint64_t steps = 1) { return store_index.clock().step(steps) || !heeds_clock; }
  const Unknown* time_up() const;

  // The value of a node, or why it is not known.
  Value value_at(NodeId node);
  const Unknown* unknown(std::string_view path, const char* fact, UnknownReason reason);
  const Unknown* unknown(NodeId node, const char* fact, UnknownReason reason);
  // What comes of an operand that is unknown or null: what is known of it all the same, such as a
  // lower bound, says nothing of the result.
  Value undecided(const Value& operand);

  const AuditContext& facts;
  const Snapshot& snapshot;
  StoreIndex& store_index;
  // What was found before the time was up is put into words all the same.
  bool heeds_clock = true;
  Arena arena;
  std::vector<Value> slots;
  std::vector<std::unique_ptr<SearchIndex>> searches;

 private:
  const bool marks_secrets_;
  SlotSet worked_out_ = 0;
  std::vector<const Expression*> lets_;  // by slot; null where the slot is none
};

// What a path leads to.
struct Place {
  NodeId node = kNoNode;     // the node, if the store has it
  NodeId nearest = kNoNode;  // else its nearest ancestor that exists; kNoNode for what is no path
  const Unknown* unknown = nullptr;  // set where it is not known whether it exists

  bool present() const { return node != kNoNode; }
};
Place find_place(EvalContext& context, const Value& path);

}  // namespace xsaudit
