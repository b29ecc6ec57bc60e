#include "rules/check/named_patterns.h"

#include <algorithm>

#include "rules/check/checker.h"

namespace xsaudit {
namespace {

Value value_of(const Pattern::Variable& variable, const Binding& binding) {
  if (!binding.bound) return {};
  return type_of(variable.type) == kInteger ? Value::of(binding.number) : Value::of(binding.text);
}

}  // namespace

Type type_of(VariableType type) {
  return type == VariableType::number || type == VariableType::domid ? kInteger : kText;
}

SlotSet NamedPatterns::slots() const {
  SlotSet slots = 0;
  for (const Variable& variable : variables) slots |= bit(variable.slot);
  return slots;
}

Reads NamedPatterns::outer_reads() const {
  Reads reads;
  for (const Variable& variable : variables) {
    if (variable.outer != nullptr) reads = reads | variable.outer->reads();
  }
  return reads;
}

void NamedPatterns::bind(EvalContext& context, const Alternative& alternative,
                         const std::vector<Binding>& bindings) const {
  if (alternative.variables.size() < variables.size()) {
    for (const Variable& variable : variables) context.slots[variable.slot] = {};
  }
  for (std::size_t i = 0; i < alternative.variables.size(); ++i) {
    context.slots[variables[alternative.variables[i]].slot] =
        value_of(alternative.pattern.variables()[i], bindings[i]);
  }
}

bool NamedPatterns::agree(EvalContext& context, const Alternative& alternative,
                          const std::vector<Binding>& bindings,
                          std::span<const Value> outer) const {
  for (std::size_t i = 0; i < alternative.variables.size(); ++i) {
    const std::size_t variable = alternative.variables[i];
    if (variables[variable].outer == nullptr || !bindings[i].bound) continue;
    const bool same = variables[variable].type == kInteger
                          ? bindings[i].number == outer[variable].integer
                          : bindings[i].text == context.text_of(outer[variable]);
    if (!same) return false;
  }
  return true;
}

Result<NamedPatterns> bind_patterns(std::vector<Pattern> patterns, Scope& scope) {
  NamedPatterns named;
  for (Pattern& pattern : patterns) {
    for (const Pattern::Variable& variable : pattern.variables()) {
      const auto same = [&](const auto& one) { return one.name == variable.name; };
      if (std::none_of(named.variables.begin(), named.variables.end(), same)) {
        named.variables.push_back({variable.name, type_of(variable.type), 0, nullptr});
      }
    }
    named.alternatives.push_back({std::move(pattern), {}});
  }
  for (NamedPatterns::Variable& variable : named.variables) {
    const Scope::Name* const outer = scope.find(variable.name);
    if (outer != nullptr) {
      if (outer->type != variable.type) {
        return Error{"",
                     "$" + variable.name + " is " + to_text(variable.type) + " in a pattern, " +
                         to_text(outer->type) + " outside",
                     ""};
      }
      variable.outer = read_name(*outer);
    }
    for (NamedPatterns::Alternative& alternative : named.alternatives) {
      if (variable.outer != nullptr && alternative.pattern.variable(variable.name) < 0) {
        return Error{"",
                     "$" + variable.name + ", which is bound outside, is not in '" +
                         alternative.pattern.text() + "'",
                     ""};
      }
    }
  }
  for (NamedPatterns::Variable& variable : named.variables) {
    const auto slot = scope.bind(variable.name, variable.type);
    if (!slot) return Error{"", kTooManyNames, ""};
    variable.slot = *slot;
  }
  for (NamedPatterns::Alternative& alternative : named.alternatives) {
    for (const Pattern::Variable& variable : alternative.pattern.variables()) {
      const auto same = [&](const auto& one) { return one.name == variable.name; };
      const auto place = std::find_if(named.variables.begin(), named.variables.end(), same);
      alternative.variables.push_back(static_cast<std::size_t>(place - named.variables.begin()));
    }
  }
  return named;
}

}  // namespace xsaudit
