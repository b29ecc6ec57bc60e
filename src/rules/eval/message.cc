#include "rules/eval/message.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "rules/check/checker.h"
#include "rules/check/names.h"
#include "rules/eval/operators.h"
#include "rules/syntax/parser.h"
#include "store/snapshot_info.h"

namespace xsaudit {
namespace {

constexpr std::size_t kShownItems = 10;
// Bounds of a command. A path of the store has at most 3,072 bytes. An administrator does not run a
// command with more than a few entries of a list.
constexpr std::size_t kMaxWords = 128;
constexpr std::size_t kLongestWord = 4096;
constexpr const char* kSecret = "(a secret)";

std::string shown_list(EvalContext& context, const Value& list) {
  if (list.size == 0) return "none";
  std::string text;
  const std::size_t count = std::min<std::size_t>(list.size, kShownItems);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += i + 1 == list.size ? " and " : ", ";
    text += list.items[i].is(Value::Kind::null) ? "others" : shown(context, list.items[i]);
  }
  if (list.size > count) text += " and " + std::to_string(list.size - count) + " more";
  if (list.gap != nullptr) text += " (and perhaps more)";
  return text;
}

// The possible values of an unknown number: "1024 or 2048".
std::string shown_possible(EvalContext& context, const Value& value) {
  std::string text;
  for (const Value& one : possible_values(value)) {
    if (!text.empty()) text += " or ";
    text += one.is(Value::Kind::null) ? "no limit" : shown(context, one);
  }
  return text;
}

// Whether the value, or a bound of it, is known and can be shown.
bool can_be_shown(const Value& value) {
  switch (value.kind) {
    case Value::Kind::unknown:
      return value.unknown->at_least > 0 || value.unknown->possible_count > 0;
    case Value::Kind::domains: return value.gap == nullptr || !value.domains->empty();
    case Value::Kind::list: return value.gap == nullptr || value.size > 0;
    default: return true;
  }
}

// The beginnings of a clause that adds something to the clauses before it and can be left out. A
// clause after ": " cannot be left out: the clause before it is not a sentence without it.
constexpr std::array<std::string_view, 4> kAddingMarks = {", ", "; ", ". ", " ("};
constexpr std::string_view kColon = ": ";
// The first characters of these marks, and the bracket that ends a clause.
constexpr std::string_view kClauseEnds = ",;. :)";

bool starts_with_any(std::string_view text, std::span<const std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return text.starts_with(mark); });
}

// The part of the text before the first of these characters.
std::string_view up_to_any(std::string_view text, std::string_view ends) {
  const auto end = std::find_if(text.begin(), text.end(), [ends](char c) {
    return std::any_of(ends.begin(), ends.end(), [c](char one) { return c == one; });
  });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Whether the expression is the literal ''.
bool is_empty(const Expression& expression) {
  const auto* const constant = dynamic_cast<const Constant*>(&expression);
  return constant != nullptr && constant->value().is(Value::Kind::text) &&
         constant->value().size == 0;
}

// A text of safe characters stays as it is; any other text is put between single quotes.
std::string quoted_for_shell(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/-_.,:@%+").find(c) != std::string_view::npos;
  };
  if (!text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), plain)) {
    return text;
  }
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// One word of a command; nothing if the command would then name something that is not in the store.
std::optional<std::string> word(EvalContext& context, const Value& value) {
  if (value.is(Value::Kind::unknown) || value.is(Value::Kind::null)) return std::nullopt;
  if (!value.is(Value::Kind::text) && !value.is(Value::Kind::path)) {
    return quoted_for_shell(shown(context, value));
  }
  const std::string_view text = context.text_of(value);
  if (text.size() > kLongestWord || escape(text) != text) return std::nullopt;
  if (text.starts_with('/') && text.substr(1).starts_with(kUnplaced)) return std::nullopt;
  return quoted_for_shell(std::string(text));
}

// The words of a command for a value: one for each item of a list, one for any other value.
std::optional<std::string> words(EvalContext& context, const Value& value) {
  if (!value.is(Value::Kind::list)) return word(context, value);
  if (value.size == 0 || value.size > kMaxWords || value.gap != nullptr) return std::nullopt;
  std::string all;
  for (std::uint32_t i = 0; i < value.size; ++i) {
    const auto one = word(context, value.items[i]);
    if (!one) return std::nullopt;
    all += (i > 0 ? " " : "") + *one;
  }
  return all;
}

bool is_comment(std::string_view line) { return line.starts_with('#'); }

// Removes the comment that ends with ':' before `at`, where a command was left out, unless the
// comment introduces a command or comment that follows. Sentences of a comment begin on lines of
// their own. Returns the position of the omitted line afterwards.
std::size_t drop_lead(std::string& text, std::size_t at) {
  const std::string_view behind = std::string_view(text).substr(at);
  if (!behind.empty() && !is_comment(behind)) return at;
  if (!std::string_view(text).substr(0, at).ends_with(":\n")) return at;
  std::size_t begin = at;
  while (begin > 0) {
    const std::size_t newline = begin < 2 ? text.npos : text.rfind('\n', begin - 2);
    const std::size_t start = newline == text.npos ? 0 : newline + 1;
    const std::string_view line = std::string_view(text).substr(start, begin - start);
    const bool ends_sentence = line.ends_with(".\n") || line.ends_with("?\n");
    if (!is_comment(line) || (begin != at && ends_sentence)) break;
    begin = start;
  }
  text.erase(begin, at - begin);
  return begin;
}

}  // namespace

std::string shown(EvalContext& context, const Value& value) {
  switch (value.kind) {
    case Value::Kind::unknown:
      if (value.unknown->possible_count > 0) return shown_possible(context, value);
      return value.unknown->at_least > 0 ? "at least " + std::to_string(value.unknown->at_least)
                                         : "(unknown)";
    case Value::Kind::null: return "nothing";
    case Value::Kind::boolean: return value.boolean ? "true" : "false";
    case Value::Kind::integer: return std::to_string(value.integer);
    case Value::Kind::text:
    case Value::Kind::path: return escape_shortened(context.text_of(value));
    case Value::Kind::domains: return value.domains->text();
    case Value::Kind::list: break;
  }
  return shown_list(context, value);
}

Result<Message> Message::compile(const ExpressionText& text, Scope& scope,
                                 const VariableTypes& types, Use use) {
  Message message;
  message.use_ = use;
  std::string plain;
  for (std::size_t at = 0; at < text.text.size(); ++at) {
    const std::string_view before = up_to_any(text.text.substr(at), "{}");
    plain += before;
    at += before.size();
    if (at == text.text.size()) break;
    const char c = text.text[at];
    if ((c == '{' || c == '}') && text.text.substr(at + 1, 1) == text.text.substr(at, 1)) {
      plain += c;
      ++at;
    } else if (c == '}') {
      return text.error(at, "'}' without '{'", "write a literal brace twice: }}");
    } else {
      XSAUDIT_ASSIGN(auto syntax, parse_expression(text, at + 1, &at));
      XSAUDIT_ASSIGN(auto value, Checker(text, scope, types).check(syntax));
      message.add_text(plain);
      message.add_value(std::move(value));
      plain.clear();
    }
  }
  message.add_text(plain);
  return message;
}

void Message::add_text(std::string_view text) {
  if (use_ == Use::command) {
    while (!text.empty()) {
      const std::size_t line = std::min(text.find('\n'), text.size() - 1) + 1;
      clauses_.back().pieces.back().text += text.substr(0, line);
      if (text[line - 1] == '\n') clauses_.push_back({.optional = true});
      text.remove_prefix(line);
    }
    return;
  }
  while (!text.empty()) {
    const bool adds = starts_with_any(text, kAddingMarks);
    if (adds || text.starts_with(kColon)) {
      clauses_.push_back({.optional = adds, .in_brackets = text.starts_with(" (")});
    }
    const bool closes = text.front() == ')';
    const std::size_t size = closes ? 1 : 1 + up_to_any(text.substr(1), kClauseEnds).size();
    clauses_.back().pieces.back().text += text.substr(0, size);
    // Text after a closing bracket belongs to the clause before the bracket.
    if (closes && clauses_.back().in_brackets) clauses_.push_back({});
    text.remove_prefix(size);
  }
}

void Message::add_value(ExpressionPtr value) {
  std::vector<Piece>& pieces = clauses_.back().pieces;
  const auto* const choice = dynamic_cast<const Conditional*>(value.get());
  pieces.back().addition = choice != nullptr && (is_empty(choice->yes()) || is_empty(choice->no()));
  pieces.back().value = std::move(value);
  pieces.emplace_back();
}

std::optional<std::string> Message::shown_value(EvalContext& context,
                                                const Expression& value) const {
  const Value shown_one = value.evaluate(context);
  const bool secret = shown_one.has(kSecretMark) && !context.facts.options.show_secrets;
  if (use_ == Use::command) return secret ? std::nullopt : words(context, shown_one);
  if (secret) return kSecret;
  return can_be_shown(shown_one) ? std::optional(shown(context, shown_one)) : std::nullopt;
}

std::optional<std::string> Message::text(EvalContext& context) const {
  std::string out;
  std::vector<std::size_t> left_out;
  for (const Clause& clause : clauses_) {
    const std::size_t before = out.size();
    bool known = true;
    for (const Piece& piece : clause.pieces) {
      out += piece.text;
      if (piece.value == nullptr) continue;
      const auto value = shown_value(context, *piece.value);
      known = known && (value || piece.addition);
      out += value.value_or("");
    }
    if (known) continue;
    if (!clause.optional && use_ != Use::command) return std::nullopt;
    out.resize(before);
    left_out.push_back(before);
  }
  if (use_ == Use::command) {
    std::size_t behind = out.size();
    for (std::size_t i = left_out.size(); i-- > 0;) {
      behind = drop_lead(out, std::min(left_out[i], behind));
    }
  }
  return out;
}

}  // namespace xsaudit
