#include "audit/fingerprint.h"

#include "base/escape.h"
#include "base/hash.h"
#include "store/path.h"

namespace xsaudit {

std::string fingerprint(std::string_view rule, std::string_view stable_path,
                        std::size_t occurrence) {
  // No part contains a newline: the id of a rule cannot, and a stable path is escaped.
  std::string key(rule);
  key.append("\n").append(stable_path);
  if (occurrence > 0) key.append("\n").append(std::to_string(occurrence));
  return short_hash(key);
}

std::string short_hash(std::string_view bytes) { return hexadecimal(hash_number(bytes)); }

std::uint64_t hash_number(std::string_view bytes) {
  const auto digest = sha256(bytes);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | digest[i];
  return number;
}

std::string hexadecimal(std::uint64_t number) {
  std::string text;
  for (int shift = 56; shift >= 0; shift -= 8) {
    text += hex_byte(static_cast<unsigned char>(number >> shift & 0xff));
  }
  return text;
}

namespace {

// Whether the schema says that the value of such a node is a domid.
bool names_domain(const Schema::Match& match) {
  if (match.entry == nullptr) return false;
  if (match.entry->type.allows("domid")) return true;
  for (const std::string& name : match.entry->type.variables()) {
    const int index = match.pattern->variable(name);
    if (index < 0) continue;
    const auto& variable = match.pattern->variables()[static_cast<std::size_t>(index)];
    if (variable.type == VariableType::domid) return true;
  }
  return false;
}

}  // namespace

std::string FaultState::of(const Violation& violation) {
  std::string text;
  for (const std::string& path : violation.evidence) add_node(*violation.rule, path, text);
  for (const StatePart& part : violation.state) {
    add(stable(part.text), text);
    if (!part.domains) continue;
    add(part.domains->everyone_else() ? "all but" : "these", text);
    for (const Domid domid : part.domains->listed()) add(domain(domid), text);
  }
  return short_hash(text);
}

std::uint64_t FaultState::of_other(const Rule& rule, NodeId node) {
  const std::string path = facts_.snapshot.path(node);
  std::string text;
  add(rule.id, text);
  add(guests_.stable_path(path), text);
  if (valid_path(path)) {
    add_node(rule, path, node, text);
  } else {
    add_node(rule, path, text);
  }
  return hash_number(text);
}

void FaultState::add(std::string_view part, std::string& text) {
  text.append(std::to_string(part.size())).append(":").append(part);
}

void FaultState::add_node(const Rule& rule, std::string_view path, std::string& text) {
  if (!rule.known_by_values && !rule.known_by_permissions) return;
  add(stable(path), text);
  // A rule may build the path from a guest's text.
  const Presence presence = valid_path(path) ? facts_.snapshot.presence(path) : Presence::absent;
  if (presence != Presence::present) {
    add(presence == Presence::absent ? "absent" : "unknown", text);
    return;
  }
  add_state(rule, path, facts_.snapshot.find(path), text);
}

void FaultState::add_node(const Rule& rule, std::string_view path, NodeId node, std::string& text) {
  if (!rule.known_by_values && !rule.known_by_permissions) return;
  add(stable(path), text);
  add_state(rule, path, node, text);
}

void FaultState::add_state(const Rule& rule, std::string_view path, NodeId node,
                           std::string& text) {
  if (rule.known_by_values) add_value(path, node, text);
  if (rule.known_by_permissions) add_permissions(node, text);
}

void FaultState::add_value(std::string_view path, NodeId node, std::string& text) {
  const std::string_view value = facts_.snapshot.value(node);
  if (facts_.snapshot.value_unknown(node) != UnknownReason::known) return add("unknown", text);
  // With the hash of a password in the file, a reader could search for the password.
  if (facts_.secret(node)) return add("secret", text);
  Binding domid;
  if (bind(VariableType::domid, value, domid) && names_domain(facts_.schema.match(path))) {
    return add(domain(static_cast<Domid>(domid.number)), text);
  }
  add("value", text);
  add(stable(value), text);
}

void FaultState::add_permissions(NodeId node, std::string& text) {
  const PermissionsId id = facts_.snapshot.permissions_id(node);
  if (id == kNoPermissions) return add("unknown", text);
  permission_texts_.resize(facts_.snapshot.permission_lists());
  std::string& known = permission_texts_[id];
  if (known.empty()) {
    const Permissions& permissions = facts_.snapshot.permissions_of(id);
    add(std::to_string(permissions.size()), known);
    for (const PermissionEntry& entry : permissions) {
      add(entry.letter() + domain(entry.domid), known);
    }
  }
  text += known;
}

std::string FaultState::domain(Domid domid) {
  const Guest& guest = guests_.guest(domid);
  return guest.uuid_sure && domid != 0 ? "<" + guest.uuid + ">" : std::to_string(domid);
}

std::string FaultState::stable(std::string_view text) {
  return valid_path(text) ? guests_.sure_path(text) : std::string(text);
}

}  // namespace xsaudit
