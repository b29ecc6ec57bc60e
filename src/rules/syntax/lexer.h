// Cuts the text of an expression into tokens. Plain functions over plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace xsaudit {

// The text of an expression, or of a message with expressions in it, and the function that returns
// the place of one of its bytes ("file:line:col").
struct ExpressionText {
  std::string_view text;
  std::function<std::string(std::size_t offset)> place;
  bool built_in = false;  // of a file whose regular expressions are known to be right

  Error error(std::size_t offset, std::string message, std::string hint = {}) const {
    return {place(offset), std::move(message), std::move(hint)};
  }
};

// Symbols have one or two characters: both in one number, so that a parser compares them at once.
constexpr std::uint16_t symbol_code(std::string_view symbol) {
  const auto byte = [](char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)); };
  return static_cast<std::uint16_t>(byte(symbol[0]) |
                                    (symbol.size() > 1 ? byte(symbol[1]) << 8 : 0u));
}

struct Token {
  enum class Kind : std::uint8_t { end, integer, text, name, symbol };
  Kind kind = Kind::end;
  std::uint16_t symbol = 0;  // symbol_code() of a symbol
  std::size_t offset = 0;    // of its first byte
  std::string_view source;   // as written
  std::int64_t number = 0;   // of an integer

  bool is(std::string_view wanted) const { return symbol == symbol_code(wanted); }
};

// The value of a text token: its source without the quotes, escapes decoded.
std::string text_of(const Token& token);

// All tokens from `begin` on; the last one has Kind::end. An expression inside a message ends at
// the '}' that closes it: there the last token represents that brace.
Result<std::vector<Token>> tokenize(const ExpressionText& text, std::size_t begin = 0,
                                    bool in_message = false);

}  // namespace xsaudit
