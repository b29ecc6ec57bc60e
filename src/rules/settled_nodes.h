// Nodes at which a rule certainly finds nothing, by one part of them: a permission list that gives
// no domain access, a name that is not the name of a password. A store has few different lists,
// names and depths, so most of a million nodes are settled by a look into a small table, and only
// the others are judged.
//
// It is a shortcut: judging a settled node gives that the rule does not apply or holds. Made for
// one rule over one snapshot; used by one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/eval/eval_context.h"
#include "rules/eval/expression.h"
#include "rules/rule.h"

namespace xsaudit {

class SettledNodes {
 public:
  explicit SettledNodes(const SlotLayout& layout) : layout_(&layout) {}

  // A node is settled where the condition has this value. Of a condition that depends on more than
  // one part of the node, its own parts count that give it the value whatever the others are.
  void add(const Expression& condition, bool value);

  // False if that is not known without judging the node. May move the context to the node.
  bool contains(EvalContext& context, NodeId node) {
    for (Test& test : tests_) {
      const std::uint32_t number = number_of(test.part, context, node);
      if (number == kNoNumber) continue;
      if (test.answers.empty()) test.answers.resize(count_of(test.part, context.snapshot));
      Answer& answer = test.answers[number];
      if (answer == Answer::unasked) answer = ask(context, node, test);
      if (answer == Answer::settled) return true;
    }
    return false;
  }

 private:
  // The number of a part of a node among all such parts of the store; kNoNumber if it is not known,
  // or does not say enough.
  static constexpr std::uint32_t kNoNumber = UINT32_MAX;
  static std::uint32_t number_of(NodeParts part, EvalContext& context, NodeId node) {
    if (part == kNodePermissions) return context.snapshot.permissions_id(node);
    return part == 0 ? 0 : number_of_rare(part, context, node);
  }
  static std::uint32_t number_of_rare(NodeParts part, EvalContext& context, NodeId node);
  static std::size_t count_of(NodeParts part, const Snapshot& snapshot);
  static_assert(kNoPermissions == kNoNumber);

  enum class Answer : std::uint8_t { unasked, settled, open };
  struct Test {
    const Expression* condition;
    bool value;                        // with which it settles a node
    NodeParts part;                    // the only part of the node that it reads; 0: none
    std::vector<Answer> answers = {};  // by the number of the part
  };
  static Answer ask(EvalContext& context, NodeId node, const Test& test);

  const SlotLayout* layout_;
  std::vector<Test> tests_;
};

// Where a rule does not apply, or holds.
SettledNodes settled_nodes(const RuleProgram& program);

}  // namespace xsaudit
