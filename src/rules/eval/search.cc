#include "rules/eval/search.h"

#include <span>
#include <utility>

#include "base/hash.h"
#include "rules/eval/operators.h"
#include "rules/eval/search_index.h"

namespace xsaudit {
namespace {

SlotSet inner_names(const SearchParts& parts) { return bit(parts.it) | parts.patterns.slots(); }

Reads outer_reads(const SearchParts& parts) {
  Reads reads = parts.body->reads().without(inner_names(parts)) | parts.patterns.outer_reads();
  reads.searches = true;
  return reads;
}

// The equalities that must hold for the body to be true; if `negated`, those that must hold for it
// to be false.
void find_keys(const Expression& body, bool negated, SlotSet inner,
               std::vector<SearchParts::Key>& keys) {
  if (const auto* const negation = dynamic_cast<const Negation*>(&body)) {
    return find_keys(negation->part(), !negated, inner, keys);
  }
  if (const auto* const conjunction = dynamic_cast<const Conjunction*>(&body)) {
    for (const ExpressionPtr& part : conjunction->parts()) {
      if (!negated) find_keys(*part, negated, inner, keys);
    }
  } else if (const auto* const disjunction = dynamic_cast<const Disjunction*>(&body)) {
    for (const ExpressionPtr& part : disjunction->parts()) {
      if (negated) find_keys(*part, negated, inner, keys);
    }
  } else if (const auto* const comparison = dynamic_cast<const Comparison*>(&body)) {
    if (comparison->op() != (negated ? Operator::not_equal : Operator::equal)) return;
    const auto of_match = [&](const Expression& side) {
      return side.reads().slots != 0 && side.reads().without(inner).slots == 0;
    };
    const auto of_outside = [&](const Expression& side) {
      return (side.reads().slots & inner) == 0;
    };
    const Expression& left = comparison->left();
    const Expression& right = comparison->right();
    if (of_match(left) && of_outside(right)) {
      keys.push_back({&left, &right});
    } else if (of_match(right) && of_outside(left)) {
      keys.push_back({&right, &left});
    }
  }
}

SearchParts with_keys(SearchParts parts) {
  find_keys(*parts.body, parts.kind == SearchParts::Kind::all, inner_names(parts), parts.keys);
  return parts;
}

}  // namespace

Search::Search(SearchParts parts)
    : Expression(parts.kind == SearchParts::Kind::count ? kInteger : kBoolean, outer_reads(parts)),
      parts_(with_keys(std::move(parts))) {}

// Combines the results of the body for one match after the other.
class Search::Tally {
 public:
  Tally(const SearchParts& parts, SearchIndex& index, EvalContext& context,
        std::span<const Value> outer)
      : parts_(parts),
        index_(index),
        context_(context),
        outer_(outer),
        decision_(parts.kind != SearchParts::Kind::all) {}

  // Evaluates the body for matches that can decide the search.
  void look_at(SearchIndex::Range range) {
    for (const SearchIndex::Entry* entry = range.first; entry != range.second; ++entry) {
      if (!look_at(*entry)) return;
    }
  }
  // Evaluates the body for matches with an unknown key. They can only make the result unknown.
  void look_for_unknown(SearchIndex::Range range) {
    for (const SearchIndex::Entry* entry = range.first; entry != range.second; ++entry) {
      if (decided() || decision_.unknown() != nullptr) return;
      look_at(*entry);
    }
  }
  void add_gap(NodeId node) {
    decision_.take(context_.unknown(node, "its children are not all known",
                                    context_.snapshot.children_unknown(node)));
  }

  Value result() const {
    if (parts_.kind != SearchParts::Kind::count) return decision_.result();
    if (decision_.unknown() == nullptr) return dependence_.give(Value::of(count_));
    Unknown at_least = *decision_.unknown();
    at_least.at_least = count_;
    return dependence_.give(Value::of(context_.arena.make(at_least)));
  }

 private:
  bool decided() const { return decision_.decided(); }

  // False once the search is decided, or a limit was reached.
  bool look_at(const SearchIndex::Entry& entry) {
    if (!index_.spend()) {
      decision_.take(too_many(entry));
      return false;
    }
    if (!context_.step()) {
      decision_.take(context_.time_up());
      return false;
    }
    const Arena::Mark mark = context_.arena.mark();
    if (!index_.bind(context_, entry, outer_)) {
      context_.arena.release(mark);
      return true;
    }
    const Unknown* const worst = decision_.unknown();
    take(parts_.body->evaluate(context_));
    if (decision_.unknown() == worst) context_.arena.release(mark);  // else it has the reason
    return !decided();
  }

  // A count depends on every match; no single match decides it.
  void take(const Value& value) {
    if (parts_.kind != SearchParts::Kind::count) {
      decision_.take(value);
      return;
    }
    dependence_.take(value);
    if (value.is(Value::Kind::unknown)) decision_.take(value.unknown);
    if (value.is_true()) ++count_;
  }

  const Unknown* too_many(const SearchIndex::Entry& entry) {
    Unknown unknown;
    unknown.path = Value::of_path(entry.node);
    unknown.fact = "too many nodes are alike";
    unknown.reason = "comparing each with each was given up";
    return context_.arena.make(unknown);
  }

  const SearchParts& parts_;
  SearchIndex& index_;
  EvalContext& context_;
  const std::span<const Value> outer_;
  Decision decision_;       // the result of any and all; for count, why it is unknown
  Dependence dependence_;   // of count
  std::int64_t count_ = 0;  // matches that the body holds for
};

Value Search::evaluate(EvalContext& context) const {
  std::unique_ptr<SearchIndex>& index = context.searches[parts_.index];
  if (index == nullptr) index = std::make_unique<SearchIndex>(parts_, context);
  index->begin_evaluation();
  Dependence dependence(index->secret_keys());
  context.work_out(reads().slots);  // the arena is released after each match

  const std::vector<NamedPatterns::Variable>& variables = parts_.patterns.variables;
  const std::span<Value> outer = context.arena.array<Value>(variables.size());
  Tally tally(parts_, *index, context, outer);
  std::string& key = index->scratch();
  key.clear();
  for (std::size_t i = 0; i < outer.size(); ++i) {
    if (variables[i].outer == nullptr) continue;
    outer[i] = dependence.take(variables[i].outer->evaluate(context));
    if (outer[i].is(Value::Kind::unknown)) return dependence.give(context.undecided(outer[i]));
    if (outer[i].is(Value::Kind::null)) return dependence.give(tally.result());
    append_key(context, outer[i], key);
  }
  const std::uint64_t where = keyed_hash(key);
  key.clear();
  bool keys_known = true;
  for (const SearchParts::Key& one : parts_.keys) {
    const Value value = dependence.take(one.outer->evaluate(context));
    keys_known = keys_known && !value.is(Value::Kind::unknown);
    if (keys_known) append_key(context, value, key);
  }

  if (keys_known) {
    tally.look_at(index->matches(where, keyed_hash(key)));
  } else {
    tally.look_for_unknown(index->matches(where));
  }
  tally.look_for_unknown(index->without_keys(where));
  if (const NodeId gap = index->gap(context, outer); gap != kNoNode) tally.add_gap(gap);
  return dependence.give(tally.result());
}

}  // namespace xsaudit
