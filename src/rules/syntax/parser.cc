#include "rules/syntax/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/escape.h"

namespace xsaudit {
namespace {

struct OperatorName {
  std::string_view text;
  Operator op;
};
constexpr std::array<OperatorName, 6> kComparisons = {{{"==", Operator::equal},
                                                       {"!=", Operator::not_equal},
                                                       {"<=", Operator::less_equal},
                                                       {"<", Operator::less},
                                                       {">=", Operator::greater_equal},
                                                       {">", Operator::greater}}};
constexpr std::array<OperatorName, 2> kSums = {{{"+", Operator::plus}, {"-", Operator::minus}}};
constexpr std::array<OperatorName, 3> kProducts = {
    {{"*", Operator::times}, {"/", Operator::divide}, {"%", Operator::remainder}}};

template <std::size_t n>
Operator find_operator(const std::array<OperatorName, n>& names, const Token& token) {
  for (const OperatorName& name : names) {
    if (token.is(name.text)) return name.op;
  }
  return Operator::none;
}

// Each function parses one form of the grammar into `tree`, where its operands are created in
// place. False: error_ has the problem.
class Parser {
 public:
  Parser(const ExpressionText& text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Syntax> whole() {
    Syntax tree;
    if (!expression(tree)) return error_;
    if (here().kind != Token::Kind::end) {
      unexpected("the end of the expression");
      return error_;
    }
    return tree;
  }
  std::size_t end() const { return tokens_.back().offset; }

 private:
  // Counts the depth of the parser itself: parentheses leave no trace in the tree.
  class Level {
   public:
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    std::size_t& depth_;
  };

  const Token& here() const { return tokens_[at_]; }
  const Token& take() { return tokens_[at_ == tokens_.size() - 1 ? at_ : at_++]; }
  bool accept(std::string_view symbol) {
    if (!here().is(symbol)) return false;
    ++at_;
    return true;
  }
  bool accept_in() {
    if (here().kind != Token::Kind::name || here().source != "in") return false;
    ++at_;
    return true;
  }

  bool fail(std::size_t offset, std::string message, std::string hint = {}) {
    error_ = text_.error(offset, std::move(message), std::move(hint));
    return false;
  }
  bool unexpected(const std::string& expected) {
    const Token& token = here();
    if (token.kind == Token::Kind::end) {
      return fail(token.offset, "the expression ends where " + expected + " was expected");
    }
    return fail(token.offset,
                "expected " + expected + ", found '" + escape_shortened(token.source, 40) + "'");
  }
  bool too_deep(std::size_t offset) {
    return fail(offset, "the expression is nested deeper than 64 levels",
                "name parts of it under 'let'");
  }

  static void begin(Syntax& tree, Syntax::Kind kind, std::size_t offset) {
    tree.kind = kind;
    tree.offset = offset;
  }
  // To be called when all operands are parsed.
  bool finish(Syntax& tree) {
    for (const Syntax& child : tree.children) tree.depth = std::max(tree.depth, child.depth + 1);
    return tree.depth <= kMaxExpressionDepth || too_deep(tree.offset);
  }
  // Makes what was read into `tree` the first operand of a form with `operands` of them.
  static void wrap(Syntax& tree, Syntax::Kind kind, std::size_t offset, std::size_t operands) {
    Syntax first = std::exchange(tree, Syntax());
    begin(tree, kind, offset);
    tree.children.reserve(operands);
    tree.children.push_back(std::move(first));
  }

  bool expression(Syntax& tree) {
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(here().offset);
    if (!chain(tree, Syntax::Kind::disjunction)) return false;
    if (!here().is("?")) return true;
    wrap(tree, Syntax::Kind::conditional, take().offset, 3);
    if (!expression(tree.children.emplace_back())) return false;
    if (!accept(":")) return unexpected("':'");
    return expression(tree.children.emplace_back()) && finish(tree);
  }

  // a || b || … of a && b && … of comparisons.
  bool chain(Syntax& tree, Syntax::Kind kind) {
    const bool disjunction = kind == Syntax::Kind::disjunction;
    const std::string_view symbol = disjunction ? "||" : "&&";
    const auto part = [&](Syntax& into) {
      return disjunction ? chain(into, Syntax::Kind::conjunction) : comparison(into);
    };
    const std::size_t offset = here().offset;
    if (!part(tree)) return false;
    if (!here().is(symbol)) return true;
    wrap(tree, kind, offset, 2);
    while (accept(symbol)) {
      if (!part(tree.children.emplace_back())) return false;
    }
    return finish(tree);
  }

  // After an operator: `tree` is what stands before it.
  bool binary(Syntax& tree, Operator op, std::size_t offset, bool (Parser::*right)(Syntax&)) {
    wrap(tree, Syntax::Kind::binary, offset, 2);
    tree.op = op;
    return (this->*right)(tree.children.emplace_back()) && finish(tree);
  }

  bool comparison(Syntax& tree) {
    if (!sum(tree)) return false;
    const std::size_t offset = here().offset;
    Operator op = find_operator(kComparisons, here());
    if (op != Operator::none) {
      ++at_;
    } else if (accept_in()) {
      op = Operator::in;
    } else {
      return true;
    }
    if (!binary(tree, op, offset, &Parser::sum)) return false;
    if (find_operator(kComparisons, here()) == Operator::none) return true;
    return fail(here().offset, "comparisons do not form chains",
                "written with &&, as in a < b && b < c");
  }

  bool sum(Syntax& tree) { return binaries(tree, kSums, &Parser::product); }
  bool product(Syntax& tree) { return binaries(tree, kProducts, &Parser::unary); }

  template <std::size_t n>
  bool binaries(Syntax& tree, const std::array<OperatorName, n>& operators,
                bool (Parser::*operand)(Syntax&)) {
    if (!(this->*operand)(tree)) return false;
    while (true) {
      const Operator op = find_operator(operators, here());
      if (op == Operator::none) return true;
      if (!binary(tree, op, take().offset, operand)) return false;
    }
  }

  bool unary(Syntax& tree) {
    const std::size_t offset = here().offset;
    const bool negation = here().is("!");
    if (!negation && !here().is("-")) return postfix(tree);
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(offset);
    ++at_;
    begin(tree, negation ? Syntax::Kind::negation : Syntax::Kind::minus, offset);
    return unary(tree.children.emplace_back()) && finish(tree);
  }

  bool postfix(Syntax& tree) {
    if (!primary(tree)) return false;
    while (accept(".")) {
      if (here().kind != Token::Kind::name) return unexpected("the name of a method");
      const Token& name = take();
      if (!accept("(")) {
        return fail(name.offset, "'" + std::string(name.source) + "' is not called",
                    "there are no fields, only methods, as in name.size()");
      }
      wrap(tree, Syntax::Kind::method, name.offset, 2);
      tree.text = name.source;
      if (!items(")", tree)) return false;
    }
    return true;
  }

  // After "(" or "[": items and what closes them.
  bool items(std::string_view close, Syntax& tree) {
    if (accept(close)) return finish(tree);
    tree.children.reserve(2);
    while (true) {
      if (!expression(tree.children.emplace_back())) return false;
      if (accept(close)) return finish(tree);
      if (!accept(",")) return unexpected("',' or '" + std::string(close) + "'");
    }
  }

  bool primary(Syntax& tree) {
    const Token& token = here();
    switch (token.kind) {
      case Token::Kind::integer:
        begin(tree, Syntax::Kind::integer, take().offset);
        tree.number = token.number;
        return true;
      case Token::Kind::text:
        begin(tree, Syntax::Kind::text, take().offset);
        tree.text = text_of(token);
        tree.text_offset = token.offset + 1;
        return true;
      case Token::Kind::name: return name(tree);
      default: break;
    }
    if (accept("(")) {
      if (!expression(tree)) return false;
      return accept(")") || unexpected("')'");
    }
    if (accept("[")) {
      begin(tree, Syntax::Kind::list, token.offset);
      return items("]", tree);
    }
    return unexpected("a value");
  }

  bool name(Syntax& tree) {
    const Token& token = take();
    if (token.source == "true" || token.source == "false") {
      begin(tree, Syntax::Kind::boolean, token.offset);
      tree.number = token.source == "true" ? 1 : 0;
      return true;
    }
    if (token.source == "null") {
      begin(tree, Syntax::Kind::null, token.offset);
      return true;
    }
    tree.text = token.source;
    begin(tree, here().is("(") ? Syntax::Kind::call : Syntax::Kind::name, token.offset);
    return !accept("(") || items(")", tree);
  }

  const ExpressionText& text_;
  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Error error_;
};

}  // namespace

Result<Syntax> parse_expression(const ExpressionText& text, std::size_t begin, std::size_t* end) {
  XSAUDIT_ASSIGN(auto tokens, tokenize(text, begin, end != nullptr));
  Parser parser(text, std::move(tokens));
  if (end != nullptr) *end = parser.end();
  return parser.whole();
}

}  // namespace xsaudit
