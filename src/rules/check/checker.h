// Checks an expression and makes it ready for evaluation: every name and function is looked up,
// every type checked, every pattern and regular expression compiled. Used by one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/check/named_patterns.h"
#include "rules/check/scope.h"
#include "rules/eval/expression.h"
#include "rules/eval/list_methods.h"
#include "rules/eval/search.h"
#include "rules/functions/functions.h"
#include "rules/syntax/lexer.h"
#include "rules/syntax/parser.h"
#include "schema/pattern.h"

namespace xsaudit {

class Checker {
 public:
  // `types` says which variables of patterns are numbers.
  Checker(const ExpressionText& text, Scope& scope, const VariableTypes& types)
      : text_(text), scope_(scope), types_(types) {}

  Result<ExpressionPtr> check(const Syntax& syntax);
  // `where` describes the expression that must be of the type: "each side of '&&'".
  Result<ExpressionPtr> check(const Syntax& syntax, Type wanted, std::string_view where);

 private:
  // checker.cc
  Result<ExpressionPtr> name(const Syntax& syntax);
  Result<ExpressionPtr> list(const Syntax& syntax);
  Result<ExpressionPtr> negation(const Syntax& syntax);
  Result<ExpressionPtr> minus(const Syntax& syntax);
  Result<ExpressionPtr> chain(const Syntax& syntax);
  Result<ExpressionPtr> conditional(const Syntax& syntax);
  Result<ExpressionPtr> binary(const Syntax& syntax);
  Result<ExpressionPtr> membership(const Syntax& syntax, ExpressionPtr item, ExpressionPtr whole);

  // checker_calls.cc
  Result<ExpressionPtr> call(const Syntax& syntax);
  Result<ExpressionPtr> method(const Syntax& syntax);
  Result<ExpressionPtr> function(const Syntax& syntax, bool method);
  Error wrong_arguments(const Syntax& syntax, const Function& function,
                        const std::vector<ExpressionPtr>& arguments) const;
  Result<ExpressionPtr> matches(const Syntax& syntax);
  Result<ExpressionPtr> list_method(const Syntax& syntax, ListMethod::Kind kind);
  Result<ExpressionPtr> search(const Syntax& syntax, SearchParts::Kind kind);
  Result<ExpressionPtr> like(const Syntax& syntax);
  Result<ExpressionPtr> path(const Syntax& syntax);
  Result<const Syntax*> literal(const Syntax& syntax, std::size_t argument, const char* what) const;
  Status at_most(const Syntax& syntax, std::size_t arguments) const;
  Result<NamedPatterns> patterns(const Syntax& written);

  const ExpressionText& text_;
  Scope& scope_;
  const VariableTypes& types_;
};

// Parses and checks.
Result<ExpressionPtr> compile_expression(const ExpressionText& text, Scope& scope,
                                         const VariableTypes& types);

// Gives the variables of some patterns their names in the scope. Names that the scope already has
// must be equal. Errors have no place.
Result<NamedPatterns> bind_patterns(std::vector<Pattern> patterns, Scope& scope);

// Reading a name of the scope.
ExpressionPtr read_name(const Scope::Name& name);

// Converts a value of one type to another; empty if there is no conversion.
std::string conversion_hint(Type given, Type wanted);

inline constexpr const char* kTooManyNames = "more than 64 names in one rule";

}  // namespace xsaudit
