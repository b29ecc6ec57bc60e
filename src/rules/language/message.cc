#include "rules/language/message.h"

#include <algorithm>

#include "rules/language/checker.h"
#include "rules/language/parser.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

constexpr std::size_t kShownItems = 10;
constexpr const char* kSecret = "(a secret)";

std::string shown_list(Frame& frame, const Value& list) {
  if (list.size == 0) return list.gap == nullptr ? "none" : "(unknown)";
  std::string text;
  const std::size_t count = std::min<std::size_t>(list.size, kShownItems);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += i + 1 == list.size ? " and " : ", ";
    text += list.items[i].is(Value::Kind::null) ? "others" : shown(frame, list.items[i]);
  }
  if (list.size > count) text += " and " + std::to_string(list.size - count) + " more";
  if (list.gap != nullptr) text += " (and perhaps more)";
  return text;
}

// Words that a shell takes as they are; anything else stands between single quotes.
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

}  // namespace

std::string shown(Frame& frame, const Value& value) {
  switch (value.kind) {
    case Value::Kind::unknown:
      return value.unknown->at_least > 0 ? "at least " + std::to_string(value.unknown->at_least)
                                         : "(unknown)";
    case Value::Kind::null: return "nothing";
    case Value::Kind::boolean: return value.boolean ? "true" : "false";
    case Value::Kind::integer: return std::to_string(value.integer);
    case Value::Kind::text:
    case Value::Kind::path: return escape_shortened(frame.text_of(value));
    case Value::Kind::domains: return value.domains->text();
    case Value::Kind::list: break;
  }
  return shown_list(frame, value);
}

Result<Message> Message::compile(const ExpressionText& text, Scope& scope,
                                 const VariableTypes& types, Use use) {
  Message message;
  message.use_ = use;
  std::string plain;
  for (std::size_t at = 0; at < text.text.size(); ++at) {
    const char c = text.text[at];
    if ((c == '{' || c == '}') && text.text.substr(at + 1, 1) == text.text.substr(at, 1)) {
      plain += c;
      ++at;
    } else if (c == '}') {
      return text.error(at, "'}' without '{'", "a brace that is none is written twice: }}");
    } else if (c == '{') {
      auto syntax = parse_expression(text, at + 1, &at);
      if (!syntax) return syntax.error();
      auto value = Checker(text, scope, types).check(*syntax);
      if (!value) return value.error();
      message.pieces_.push_back({std::move(plain), *std::move(value)});
      plain.clear();
    } else {
      plain += c;
    }
  }
  message.pieces_.push_back({std::move(plain), nullptr});
  return message;
}

std::string Message::text(Frame& frame) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (piece.value == nullptr) continue;
    frame.read_secret = false;
    std::string value = shown(frame, piece.value->evaluate(frame));
    if (frame.read_secret && !frame.facts.show_secrets) value = kSecret;
    out += use_ == Use::command ? quoted_for_shell(value) : value;
  }
  return out;
}

}  // namespace xsaudit
