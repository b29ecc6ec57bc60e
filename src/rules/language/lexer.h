// Cuts the text of an expression into tokens. Plain functions over plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/error.h"

namespace xsaudit {

// The text of an expression, or of a message with expressions in it, and how to say where in a file
// one of its bytes stands ("file:line:col").
struct ExpressionText {
  std::string_view text;
  std::function<std::string(std::size_t offset)> place;

  Error error(std::size_t offset, std::string message, std::string hint = {}) const {
    return {place(offset), std::move(message), std::move(hint)};
  }
};

struct Token {
  enum class Kind : std::uint8_t { end, integer, text, name, symbol };
  Kind kind = Kind::end;
  std::size_t offset = 0;   // of its first byte
  std::string_view source;  // as written
  std::string text;         // of a text: what it stands for
  std::int64_t number = 0;  // of an integer

  bool is(std::string_view symbol) const { return kind == Kind::symbol && source == symbol; }
};

// All tokens from `begin` on; the last one has Kind::end. An expression inside a message ends at
// the '}' that closes it: there the last token stands for that brace.
Result<std::vector<Token>> tokenize(const ExpressionText& text, std::size_t begin = 0,
                                    bool in_message = false);

}  // namespace xsaudit
