#include "rules/language/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "store/escape.h"

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

class Parser {
 public:
  Parser(const ExpressionText& text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Syntax> whole() {
    auto tree = expression();
    if (tree && here().kind != Token::Kind::end) return unexpected("the end of the expression");
    return tree;
  }
  std::size_t end() const { return tokens_.back().offset; }

 private:
  // Counts how deep the parser itself is: parentheses leave no trace in the tree.
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
  Token take() { return tokens_[at_ == tokens_.size() - 1 ? at_ : at_++]; }
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

  Error unexpected(const std::string& expected) const {
    const Token& token = here();
    return text_.error(token.offset, token.kind == Token::Kind::end
                                         ? "the expression ends where " + expected + " was expected"
                                         : "expected " + expected + ", found '" +
                                               escape_shortened(token.source, 40) + "'");
  }
  Error too_deep(std::size_t offset) const {
    return text_.error(offset, "the expression is nested deeper than 64 levels",
                       "name parts of it under 'let'");
  }

  Result<Syntax> make(Syntax::Kind kind, std::size_t offset, std::vector<Syntax> children) const {
    Syntax tree;
    tree.kind = kind;
    tree.offset = offset;
    for (const Syntax& child : children) tree.depth = std::max(tree.depth, child.depth + 1);
    tree.children = std::move(children);
    if (tree.depth > kMaxExpressionDepth) return too_deep(offset);
    return tree;
  }

  Result<Syntax> expression() {
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(here().offset);
    auto condition = chain(Syntax::Kind::disjunction, "||");
    if (!condition || !here().is("?")) return condition;
    const std::size_t offset = take().offset;
    auto yes = expression();
    if (!yes) return yes;
    if (!accept(":")) return unexpected("':'");
    auto no = expression();
    if (!no) return no;
    return make(Syntax::Kind::conditional, offset,
                {*std::move(condition), *std::move(yes), *std::move(no)});
  }

  // a || b || … of a && b && … of comparisons.
  Result<Syntax> chain(Syntax::Kind kind, std::string_view symbol) {
    const auto part = [&] {
      return kind == Syntax::Kind::disjunction ? chain(Syntax::Kind::conjunction, "&&")
                                               : comparison();
    };
    const std::size_t offset = here().offset;
    auto first = part();
    if (!first || !here().is(symbol)) return first;
    std::vector<Syntax> parts = {*std::move(first)};
    while (accept(symbol)) {
      auto next = part();
      if (!next) return next;
      parts.push_back(*std::move(next));
    }
    return make(kind, offset, std::move(parts));
  }

  Result<Syntax> binary(Operator op, std::size_t offset, Syntax left, Result<Syntax> right) const {
    if (!right) return right;
    auto tree = make(Syntax::Kind::binary, offset, {std::move(left), *std::move(right)});
    if (tree) tree->op = op;
    return tree;
  }

  Result<Syntax> comparison() {
    auto left = sum();
    if (!left) return left;
    const std::size_t offset = here().offset;
    Operator op = find_operator(kComparisons, here());
    if (op != Operator::none) {
      ++at_;
    } else if (accept_in()) {
      op = Operator::in;
    } else {
      return left;
    }
    auto tree = binary(op, offset, *std::move(left), sum());
    if (tree && find_operator(kComparisons, here()) != Operator::none) {
      return text_.error(here().offset, "comparisons do not form chains",
                         "written with &&, as in a < b && b < c");
    }
    return tree;
  }

  Result<Syntax> sum() {
    auto left = product();
    while (left) {
      const Operator op = find_operator(kSums, here());
      if (op == Operator::none) break;
      const std::size_t offset = take().offset;
      left = binary(op, offset, *std::move(left), product());
    }
    return left;
  }

  Result<Syntax> product() {
    auto left = unary();
    while (left) {
      const Operator op = find_operator(kProducts, here());
      if (op == Operator::none) break;
      const std::size_t offset = take().offset;
      left = binary(op, offset, *std::move(left), unary());
    }
    return left;
  }

  Result<Syntax> unary() {
    const std::size_t offset = here().offset;
    const bool negation = here().is("!");
    if (!negation && !here().is("-")) return postfix();
    const Level level(depth_);
    if (depth_ > kMaxExpressionDepth) return too_deep(offset);
    ++at_;
    auto inner = unary();
    if (!inner) return inner;
    return make(negation ? Syntax::Kind::negation : Syntax::Kind::minus, offset,
                {*std::move(inner)});
  }

  Result<Syntax> postfix() {
    auto tree = primary();
    while (tree && accept(".")) {
      if (here().kind != Token::Kind::name) return unexpected("the name of a method");
      const Token name = take();
      if (!accept("(")) {
        return text_.error(name.offset, "'" + std::string(name.source) + "' is not called",
                           "there are no fields, only methods, as in name.size()");
      }
      tree = call(Syntax::Kind::method, name, {*std::move(tree)});
    }
    return tree;
  }

  // After "(": arguments and ")".
  Result<Syntax> call(Syntax::Kind kind, const Token& name, std::vector<Syntax> children) {
    if (auto status = items(")", children); !status) return status.error();
    auto tree = make(kind, name.offset, std::move(children));
    if (tree) tree->text = name.source;
    return tree;
  }

  Status items(std::string_view close, std::vector<Syntax>& into) {
    if (accept(close)) return ok();
    while (true) {
      auto item = expression();
      if (!item) return item.error();
      into.push_back(*std::move(item));
      if (accept(close)) return ok();
      if (!accept(",")) return unexpected("',' or '" + std::string(close) + "'");
    }
  }

  Result<Syntax> primary() {
    switch (here().kind) {
      case Token::Kind::integer:
      case Token::Kind::text: return literal();
      case Token::Kind::name: return name();
      default: break;
    }
    const std::size_t offset = here().offset;
    if (accept("(")) {
      auto inner = expression();
      if (inner && !accept(")")) return unexpected("')'");
      return inner;
    }
    if (accept("[")) {
      std::vector<Syntax> children;
      if (auto status = items("]", children); !status) return status.error();
      return make(Syntax::Kind::list, offset, std::move(children));
    }
    return unexpected("a value");
  }

  Result<Syntax> literal() {
    Token token = take();
    const bool integer = token.kind == Token::Kind::integer;
    auto tree = make(integer ? Syntax::Kind::integer : Syntax::Kind::text, token.offset, {});
    if (!tree) return tree;
    tree->number = token.number;
    tree->text = std::move(token.text);
    tree->text_offset = token.offset + 1;
    return tree;
  }

  Result<Syntax> name() {
    const Token token = take();
    if (token.source == "true" || token.source == "false") {
      auto tree = make(Syntax::Kind::boolean, token.offset, {});
      if (tree) tree->number = token.source == "true" ? 1 : 0;
      return tree;
    }
    if (token.source == "null") return make(Syntax::Kind::null, token.offset, {});
    if (accept("(")) return call(Syntax::Kind::call, token, {});
    auto tree = make(Syntax::Kind::name, token.offset, {});
    if (tree) tree->text = token.source;
    return tree;
  }

  const ExpressionText& text_;
  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Result<Syntax> parse_expression(const ExpressionText& text, std::size_t begin, std::size_t* end) {
  auto tokens = tokenize(text, begin, end != nullptr);
  if (!tokens) return tokens.error();
  Parser parser(text, *std::move(tokens));
  if (end != nullptr) *end = parser.end();
  return parser.whole();
}

}  // namespace xsaudit
