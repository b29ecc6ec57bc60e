#include "rules/language/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "store/escape.h"

namespace xsaudit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Longer ones first.
constexpr std::array<std::string_view, 23> kSymbols = {"&&", "||", "==", "!=", "<=", ">=", "!", "<",
                                                       ">",  "+",  "-",  "*",  "/",  "%",  "?", ":",
                                                       "(",  ")",  "[",  "]",  ",",  ".",  "}"};

class Lexer {
 public:
  Lexer(const ExpressionText& text, std::size_t begin) : text_(text), at_(begin) {}

  Result<Token> next() {
    while (at_ < text_.text.size() &&
           std::string_view(" \t\r\n").find(text_.text[at_]) != std::string_view::npos) {
      ++at_;
    }
    Token token;
    token.offset = at_;
    if (at_ == text_.text.size()) return token;
    const char c = text_.text[at_];
    Status status = ok();
    if (is_digit(c)) {
      status = read_number(token);
    } else if (c == '\'' || c == '"') {
      status = read_text(token);
    } else if (is_letter(c)) {
      while (at_ < text_.text.size() && (is_letter(text_.text[at_]) || is_digit(text_.text[at_]))) {
        ++at_;
      }
      token.kind = Token::Kind::name;
    } else {
      status = read_symbol(token);
    }
    if (!status) return status.error();
    token.source = text_.text.substr(token.offset, at_ - token.offset);
    return token;
  }

 private:
  Status read_number(Token& token) {
    token.kind = Token::Kind::integer;
    const char* const begin = text_.text.data() + at_;
    const auto [stop, failed] =
        std::from_chars(begin, text_.text.data() + text_.text.size(), token.number);
    if (failed != std::errc()) return text_.error(at_, "the number is too large");
    at_ += static_cast<std::size_t>(stop - begin);
    if (at_ < text_.text.size() && is_letter(text_.text[at_])) {
      return text_.error(token.offset, "a number with letters in it", "texts stand in quotes");
    }
    return ok();
  }

  Status read_text(Token& token) {
    token.kind = Token::Kind::text;
    const char quote = text_.text[at_];
    while (++at_ < text_.text.size() && text_.text[at_] != quote) {
      if (text_.text[at_] != '\\') {
        token.text += text_.text[at_];
      } else if (auto status = read_escape(token.text); !status) {
        return status;
      }
    }
    if (at_ >= text_.text.size()) {
      return text_.error(token.offset, "a text that does not end", "its closing quote is missing");
    }
    ++at_;
    return ok();
  }

  Status read_escape(std::string& out) {
    const std::size_t begin = at_++;
    const char c = at_ < text_.text.size() ? text_.text[at_] : '\0';
    switch (c) {
      case 'n': out += '\n'; return ok();
      case 'r': out += '\r'; return ok();
      case 't': out += '\t'; return ok();
      case '\\':
      case '\'':
      case '"': out += c; return ok();
      case 'x': {
        unsigned byte = 0;
        const std::string_view digits = text_.text.substr(at_ + 1, 2);
        const char* const end = digits.data() + digits.size();
        const auto [stop, failed] = std::from_chars(digits.data(), end, byte, 16);
        if (failed == std::errc() && stop == end && digits.size() == 2) {
          out += static_cast<char>(byte);
          at_ += 2;
          return ok();
        }
        break;
      }
      default: break;
    }
    return text_.error(begin, "unknown escape in a text",
                       R"(\\ \' \" \n \r \t and \xNN; a backslash for a pattern is written twice)");
  }

  Status read_symbol(Token& token) {
    token.kind = Token::Kind::symbol;
    for (const std::string_view symbol : kSymbols) {
      if (text_.text.substr(at_, symbol.size()) != symbol) continue;
      at_ += symbol.size();
      return ok();
    }
    const char c = text_.text[at_];
    std::string hint;
    if (c == '=') hint = "equality is written ==";
    if (c == '&' || c == '|') hint = std::string("written twice: ") + c + c;
    if (c == '$') hint = "a variable is written without '$' here, as in DOMID";
    return text_.error(at_, "'" + escape(std::string_view(&c, 1)) + "' has no meaning here", hint);
  }

  const ExpressionText& text_;
  std::size_t at_;
};

}  // namespace

Result<std::vector<Token>> tokenize(const ExpressionText& text, std::size_t begin,
                                    bool in_message) {
  std::vector<Token> tokens;
  Lexer lexer(text, begin);
  while (true) {
    auto token = lexer.next();
    if (!token) return token.error();
    if (token->is("}")) {
      if (!in_message) return text.error(token->offset, "'}' has no meaning here");
      token->kind = Token::Kind::end;
    } else if (token->kind == Token::Kind::end && in_message) {
      return text.error(begin, "'{' without '}'", "a brace that is none is written twice: {{");
    }
    tokens.push_back(*std::move(token));
    if (tokens.back().kind == Token::Kind::end) return tokens;
  }
}

}  // namespace xsaudit
