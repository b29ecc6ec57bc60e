#include "source/wire_reply.h"

#include "store/escape.h"

namespace xsaudit {
namespace {

// Takes the first of the texts that stand behind one another, each with its zero byte. False if
// that is missing.
bool take_text(std::string_view& texts, std::string_view& text) {
  const std::size_t end = texts.find('\0');
  if (end == std::string_view::npos) return false;
  text = texts.substr(0, end);
  texts.remove_prefix(end + 1);
  return true;
}

}  // namespace

void take_error(std::string_view payload, StoreReply& reply) {
  const std::string_view name = payload.substr(0, payload.find('\0'));
  reply.problem = escape_shortened(name, 40);
  reply.outcome = name == "ENOENT"                      ? StoreReply::Outcome::vanished
                  : name == "EACCES" || name == "EPERM" ? StoreReply::Outcome::refused
                  : name == "E2BIG"                     ? StoreReply::Outcome::too_large
                  : name == "EINVAL"                    ? StoreReply::Outcome::invalid
                                                        : StoreReply::Outcome::failed;
}

bool take_names(std::string_view payload, StoreReply& reply) {
  reply.children = payload;
  std::string_view name;
  while (!payload.empty()) {
    if (!take_text(payload, name) || name.empty()) return false;
  }
  return true;
}

bool take_permissions(std::string_view payload, StoreReply& reply) {
  reply.permissions.clear();
  std::string_view text;
  while (!payload.empty()) {
    if (!take_text(payload, text)) return false;
    auto entry = parse_permission_entry(text);
    if (!entry) return false;
    reply.permissions.push_back(*entry);
  }
  return !reply.permissions.empty();
}

bool take_introduced(std::string_view payload, StoreReply& reply) {
  std::string_view answer;
  reply.introduced = payload.starts_with('T');
  return take_text(payload, answer) && payload.empty() && (answer == "T" || answer == "F");
}

}  // namespace xsaudit
