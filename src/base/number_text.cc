#include "base/number_text.h"

#include <algorithm>
#include <limits>

namespace xsaudit {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The value of a digit, or 36 for any other character.
int digit_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

// The sign of a number, and the text from its first digit on.
struct Written {
  bool negative = false;
  std::string_view digits;
};

Written written(std::string_view text) {
  Written written;
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    written.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  written.digits = text;
  return written;
}

// Removes the number from the start of the digits. A number that does not fit becomes the nearest
// that does, as in strtol. OCaml allows '_' between digits.
std::optional<std::int64_t> take_clamped(std::string_view& digits, bool negative, int base,
                                         bool underscores = false) {
  constexpr std::int64_t kMinimum = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMaximum = std::numeric_limits<std::int64_t>::max();
  if (digits.empty() || digit_of(digits.front()) >= base) return std::nullopt;
  std::int64_t number = 0;
  bool fits = true;
  for (; !digits.empty(); digits.remove_prefix(1)) {
    if (underscores && digits.front() == '_') continue;
    const int digit = digit_of(digits.front());
    if (digit >= base) break;
    fits = fits && !__builtin_mul_overflow(number, std::int64_t{base}, &number) &&
           !__builtin_add_overflow(number, std::int64_t{negative ? -digit : digit}, &number);
  }
  if (!fits) return negative ? kMinimum : kMaximum;
  return number;
}

// strtol to base 0, and %i.
std::optional<std::int64_t> number_to_base_0(Written text) {
  std::string_view& digits = text.digits;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') &&
      digit_of(digits[2]) < 16) {
    digits.remove_prefix(2);
    return take_clamped(digits, text.negative, 16);
  }
  const bool octal = !digits.empty() && digits.front() == '0';
  return take_clamped(digits, text.negative, octal ? 8 : 10);
}

// int_of_string of OCaml (runtime/ints.c, parse_sign_and_base): the whole text is the number.
std::optional<std::int64_t> ocaml_number(std::string_view text) {
  if (!text.empty() && is_blank(text.front())) return std::nullopt;
  Written number = written(text);
  std::string_view& digits = number.digits;
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    const std::size_t prefix = std::string_view("xXoObBuU").find(digits[1]);
    constexpr int kBases[] = {16, 8, 2, 10};
    if (prefix != std::string_view::npos) {
      base = kBases[prefix / 2];
      digits.remove_prefix(2);
    }
  }
  const auto value = take_clamped(digits, number.negative, base, true);
  return digits.empty() ? value : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> leading_number(std::string_view text) {
  Written number = written(text);
  return take_clamped(number.digits, number.negative, 10);
}

std::vector<std::int64_t> possible_numbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const auto add = [&](std::int64_t number) {
    if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) {
      numbers.push_back(number);
    }
  };
  for (const auto number :
       {leading_number(text), number_to_base_0(written(text)), ocaml_number(text)}) {
    if (!number) continue;
    add(*number);
    // The same number in an int and in an unsigned int.
    add(static_cast<std::int32_t>(static_cast<std::uint32_t>(*number)));
    if (*number < 0 || *number > std::numeric_limits<std::int32_t>::max()) {
      add(static_cast<std::uint32_t>(*number));
    }
  }
  return numbers;
}

bool begins_with_number(std::string_view name) {
  if (name.starts_with('-')) name.remove_prefix(1);
  return !name.empty() && is_digit(name.front());
}

}  // namespace xsaudit
