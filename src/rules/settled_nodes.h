// Nodes at which a rule certainly finds nothing, by a few parts of them: a permission list that
// gives no domain access, a name that is not the name of a password, a small value. A store has few
// different lists, names, depths and sizes, and neighbours often have the same ones, so most of a
// million nodes are settled by a look into a small table, and only the others are judged.
//
// It is a shortcut: judging a settled node gives that the rule does not apply or holds. Made for
// one rule over one snapshot; used by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/eval/eval_context.h"
#include "rules/eval/expression.h"
#include "rules/rule.h"

namespace xsaudit {

class SettledNodes {
 public:
  // `bound`: names that have the same value at all nodes of one round.
  explicit SettledNodes(const SlotLayout& layout, SlotSet bound = 0);

  // A node is settled where the condition has this value.
  void add(const Expression& condition, bool value);

  // The names that are bound outside have new values from here on. Until the first round, what
  // depends on them settles no node.
  void begin_round() { ++round_; }

  // The first node from `node` on, and before `end`, that is to be judged; else `end`. May move the
  // context.
  NodeId first_open(EvalContext& context, NodeId node, NodeId end) {
    while (true) {
      node = pass_settled_permissions(context.snapshot, node, end);
      if (node == end || !contains(context, node)) return node;
      ++node;
    }
  }

  // False if that is not known without judging the node. May move the context to the node.
  bool contains(EvalContext& context, NodeId node) {
    for (std::vector<Test>& way : ways_) {
      bool settled = true;
      for (std::size_t i = 0; i < way.size() && settled; ++i) {
        settled = has_value(context, node, way[i]);
      }
      if (settled) return true;
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
  static_assert(kNoPermissions == kNoNumber);

  // A condition that reads only a few parts of a node, and its results so far: for one part in a
  // table, for several the last one.
  enum class Answer : std::uint8_t { unasked, has_value, open };
  static constexpr std::size_t kMaxParts = 2;
  struct Test {
    const Expression* condition;
    bool value;                                // with which it settles a node
    std::array<NodeParts, kMaxParts> parts{};  // that it reads; 0: none
    bool of_round = false;                     // it reads names that are bound outside, too
    bool in_table = false;
    std::vector<Answer> answers;                      // by the number of the first part
    std::array<std::uint32_t, kMaxParts + 1> last{};  // the round and the numbers
    Answer answer = Answer::unasked;                  // for these
  };
  // All of these together settle a node.
  using Way = std::vector<Test>;
  static constexpr std::size_t kMaxWays = 16;

  std::vector<Way> ways_of(const Expression& condition, bool value) const;
  std::vector<Way> ways_of_any(const std::vector<const Expression*>& parts, bool value) const;
  std::vector<Way> ways_of_all(const std::vector<const Expression*>& parts, bool value) const;
  std::vector<Way> test_of(const Expression& condition, bool value) const;
  bool has_value(EvalContext& context, NodeId node, Test& test) {
    if (!test.in_table) return last_has_value(context, node, test);
    const std::uint32_t number = number_of(test.parts[0], context, node);
    if (number == kNoNumber) return false;
    if (number >= test.answers.size()) test.answers.resize(number + 1);
    Answer& answer = test.answers[number];
    if (answer == Answer::unasked) answer = ask(context, node, test);
    return answer == Answer::has_value;
  }
  // Most rules about permissions ask for nothing else: the first node whose list does not settle
  // it.
  NodeId pass_settled_permissions(const Snapshot& snapshot, NodeId node, NodeId end) const {
    if (by_permissions_ == kNoWay) return node;
    const std::vector<Answer>& answers = ways_[by_permissions_].front().answers;
    const auto settled = [&](NodeId at) {
      const PermissionsId id = snapshot.permissions_id(at);
      return id < answers.size() && answers[id] == Answer::has_value;
    };
    while (node < end && settled(node)) ++node;
    return node;
  }
  bool last_has_value(EvalContext& context, NodeId node, Test& test) const;
  static Answer ask(EvalContext& context, NodeId node, const Test& test);

  const SlotLayout* layout_;
  SlotSet bound_;
  std::vector<Way> ways_;
  static constexpr std::size_t kNoWay = SIZE_MAX;
  std::size_t by_permissions_ = kNoWay;  // the first way that reads only permissions
  std::uint32_t round_ = 0;
};

// kNodeValueClass
bool printable_ascii(std::string_view text);

// Where a rule does not apply, or holds.
SettledNodes settled_nodes(const RuleProgram& program);

}  // namespace xsaudit
