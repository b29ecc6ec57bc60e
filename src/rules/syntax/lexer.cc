#include "rules/syntax/lexer.h"

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "base/number_text.h"

namespace xsaudit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr std::array<bool, 256> make_name_bytes() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c) {
    table[static_cast<std::size_t>(c)] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  return table;
}
constexpr std::array<bool, 256> kInName = make_name_bytes();

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr std::string_view kSingleSymbols = "!<>+-*/%?:()[],.}";
constexpr std::array<std::string_view, 6> kDoubleSymbols = {"&&", "||", "==", "!=", "<=", ">="};

// Appends the byte of the escape at `at`, a backslash, and moves `at` to its last byte. False if it
// is not an escape.
bool read_escape(std::string_view text, std::size_t& at, std::string& out) {
  const char c = ++at < text.size() ? text[at] : '\0';
  switch (c) {
    case 'n': out += '\n'; return true;
    case 'r': out += '\r'; return true;
    case 't': out += '\t'; return true;
    case '\\':
    case '\'':
    case '"': out += c; return true;
    case 'x': break;
    default: return false;
  }
  unsigned byte = 0;
  const std::string_view digits = text.substr(at + 1, 2);
  if (digits.size() != 2 || !whole_number(digits, byte, 16)) return false;
  out += static_cast<char>(byte);
  at += 2;
  return true;
}

class Lexer {
 public:
  Lexer(const ExpressionText& text, std::size_t begin) : text_(text), at_(begin) {}

  // Appends all tokens, and one that stands for the end.
  Status read_all(bool in_message, std::vector<Token>& tokens) {
    const std::size_t begin = at_;
    while (true) {
      Token& token = tokens.emplace_back();
      XSAUDIT_TRY(read(token));
      if (token.is("}")) {
        if (!in_message) return text_.error(token.offset, "'}' has no meaning here");
        token.kind = Token::Kind::end;
        token.symbol = 0;
      } else if (token.kind == Token::Kind::end && in_message) {
        return text_.error(begin, "'{' without '}'", "a brace that is none is written twice: {{");
      }
      if (token.kind == Token::Kind::end) return ok();
    }
  }

 private:
  Status read(Token& token) {
    while (at_ < text_.text.size() && is_blank(text_.text[at_])) ++at_;
    token.offset = at_;
    if (at_ == text_.text.size()) return ok();
    const char c = text_.text[at_];
    Status status = ok();
    if (is_letter(c)) {
      const std::size_t size = text_.text.size();
      while (at_ < size && kInName[static_cast<unsigned char>(text_.text[at_])]) ++at_;
      token.kind = Token::Kind::name;
    } else if (is_digit(c)) {
      status = read_number(token);
    } else if (c == '\'' || c == '"') {
      status = read_text(token);
    } else {
      status = read_symbol(token);
    }
    token.source = text_.text.substr(token.offset, at_ - token.offset);
    return status;
  }

  Status read_number(Token& token) {
    token.kind = Token::Kind::integer;
    std::string_view rest = text_.text.substr(at_);
    if (!take_number(rest, token.number)) return text_.error(at_, "the number is too large");
    at_ = text_.text.size() - rest.size();
    if (at_ < text_.text.size() && is_letter(text_.text[at_])) {
      return text_.error(token.offset, "a number with letters in it", "texts stand in quotes");
    }
    return ok();
  }

  Status read_text(Token& token) {
    token.kind = Token::Kind::text;
    const char quote = text_.text[at_];
    std::string byte;
    while (++at_ < text_.text.size() && text_.text[at_] != quote) {
      const std::size_t begin = at_;
      if (text_.text[at_] != '\\' || read_escape(text_.text, at_, byte)) continue;
      return text_.error(
          begin, "unknown escape in a text",
          R"(\\ \' \" \n \r \t and \xNN; a backslash for a pattern is written twice)");
    }
    if (at_ >= text_.text.size()) {
      return text_.error(token.offset, "a text that does not end", "its closing quote is missing");
    }
    ++at_;
    return ok();
  }

  Status read_symbol(Token& token) {
    token.kind = Token::Kind::symbol;
    const std::string_view pair = text_.text.substr(at_, 2);
    const bool is_double =
        (pair.back() == '=' || pair.back() == pair.front()) &&
        std::find(kDoubleSymbols.begin(), kDoubleSymbols.end(), pair) != kDoubleSymbols.end();
    if (is_double || kSingleSymbols.find(pair[0]) != std::string_view::npos) {
      token.symbol = symbol_code(is_double ? pair : pair.substr(0, 1));
      at_ += is_double ? 2 : 1;
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

std::string text_of(const Token& token) {
  const std::string_view written = token.source.substr(1, token.source.size() - 2);
  if (written.find('\\') == std::string_view::npos) return std::string(written);
  std::string text;
  for (std::size_t at = 0; at < written.size(); ++at) {
    if (written[at] == '\\') {
      read_escape(written, at, text);
    } else {
      text += written[at];
    }
  }
  return text;
}

Result<std::vector<Token>> tokenize(const ExpressionText& text, std::size_t begin,
                                    bool in_message) {
  std::vector<Token> tokens;
  tokens.reserve(in_message ? 16 : text.text.size() / 3 + 2);
  XSAUDIT_TRY(Lexer(text, begin).read_all(in_message, tokens));
  return tokens;
}

}  // namespace xsaudit
