// Turns the violations of one rule into findings: groups them, and adds message and evidence to
// each. Used once, by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/eval/eval_context.h"
#include "rules/evaluation.h"
#include "rules/name_order.h"
#include "rules/rule.h"

namespace xsaudit {

class RuleReport {
 public:
  // The number of findings of one rule and one guest that are reported separately. A guest can
  // break a rule at each of its nodes, with paths of 2,048 bytes that each finding repeats; beyond
  // this they are counted.
  static constexpr std::uint64_t kMaxPerGuest = 25;

  RuleReport(const RuleSet& rules, std::size_t rule, const AuditContext& facts,
             StoreIndex& store_index);

  // Adds the violations of all hits that are not superseded.
  void report(const std::vector<Hit>& all_hits, Evaluation& into);

 private:
  // A reported place with the grouped places below it.
  struct Group {
    Hit hit;
    std::vector<NodeId> others;
    std::uint64_t count() const { return 1 + others.size(); }
  };

  // Moves the context to a hit's node and binds all names.
  void move_to(const Hit& hit);
  // The guest that a finding counts for: many findings of one guest must not crowd out another's.
  std::optional<Domid> guest_of(NodeId node);
  // Sorts the hits so that the first of a group is the reported one.
  void most_severe_first(std::vector<Hit>& hits);
  // Groups the hits, in their order; each group is reported at its first node.
  std::vector<Group> gather(const std::vector<Hit>& hits);
  // The group of hits[i]: the index of an earlier hit, or i.
  std::size_t first_of_subtree(const std::vector<Hit>& hits, std::size_t i) const;
  std::size_t first_alike(std::size_t i);
  const NameOrder& order();
  // The order in which groups are reported: their places by name, where there are many groups, and
  // their indexes.
  std::vector<std::pair<std::uint32_t, std::size_t>> report_order(const std::vector<Group>& groups);
  Violation describe(const Group& group);
  // The domid that an expression gives; nothing if it is null or unknown.
  std::optional<Domid> domain(const ExpressionPtr& expression);
  // The wrong node, the suspect and the victim.
  void find_suspects(Violation& violation);
  std::string detach_steps(const std::string& path);
  void add_state(const Value& value, std::vector<StatePart>& state);
  // The rule's message, or its title if the message needs an unknown value.
  std::string message(const std::string& path);
  void add_evidence(const Value& value, std::vector<std::string>& evidence);
  std::string about_liveness(const Hit& hit) const;
  std::string perhaps_dead() const;
  std::string about_recheck(const Hit& hit) const;

  // Nodes that count for one guest, or for none: those found last.
  struct GuestNodes {
    NodeId begin = 0;
    NodeId end = 0;
    std::optional<Domid> domid;
  };

  const RuleSet& rules_;
  const Rule& rule_;
  const RuleProgram& program_;
  const AuditContext& facts_;
  EvalContext context_;
  const std::vector<Hit>* hits_ = nullptr;  // while they are reported
  std::optional<NameOrder> order_;          // of these, once it is needed
  GuestNodes guest_;
  std::vector<Binding> bindings_;  // scratch
  // The first hit for each value of `once_per`.
  std::unordered_map<std::string, std::size_t> alike_;
};

}  // namespace xsaudit
