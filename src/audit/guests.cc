#include "audit/guests.h"

#include <algorithm>

#include "base/escape.h"
#include "store/path.h"

namespace xsaudit {

Guests::Guests(const Schema& schema, const Snapshot& snapshot, const Access* access)
    : schema_(schema), snapshot_(snapshot), access_(access) {
  for (const SchemaEntry& entry : schema.entries()) {
    for (const Pattern& pattern : entry.patterns) {
      deepest_entry_ = std::max(deepest_entry_, pattern.segments().size());
    }
  }
}

const Guest& Guests::guest(Domid domid) {
  const auto [entry, is_new] = guests_.try_emplace(domid);
  Guest& guest = entry->second;
  if (is_new) {
    guest.domid = domid;
    guest.name = schema_.domains().name(snapshot_, domid).value_or("");
    guest.uuid = schema_.domains().uuid(snapshot_, domid).value_or("");
    guest.name_sure = !guest.name.empty() && sure(schema_.domains().name_node(snapshot_, domid));
    guest.uuid_sure = !guest.uuid.empty() && sure(schema_.domains().uuid_node(snapshot_, domid));
  }
  return guest;
}

bool Guests::sure(NodeId node) const {
  if (access_ == nullptr) return false;
  // Such a recording does not show who could have written a node, and its audit is incomplete. A
  // caller who accepts that relies on the values as they are.
  if (!snapshot_.info().has_permissions) return true;
  const DomainSet* const controllers = access_->controllers(node);
  return controllers != nullptr && controllers->empty();
}

std::optional<Domid> Guests::subject(std::string_view path) const {
  if (const auto device = schema_.devices().device_of(path)) return device->domid;
  if (const auto domid = schema_.domains().domain_of(path)) return domid;
  const auto named = named_domains(path);
  return named.empty() ? std::nullopt : std::optional<Domid>(named.front().domid);
}

bool Guests::belongs_to_another(std::string_view path, Domid guest) const {
  const auto another = [&](Domid domid) {
    const bool privileged = access_ == nullptr ? domid == 0 : access_->privileged(domid);
    return domid != guest && !privileged;
  };
  if (const auto home = schema_.domains().domain_of(path); home && another(*home)) return true;
  const NodeId node = snapshot_.find(path);
  if (node == kNoNode) return false;
  const Permissions* const permissions = snapshot_.permissions(node);
  return permissions != nullptr && another(permissions->front().domid);
}

std::string Guests::stable_name(Domid domid) {
  const Guest& who = guest(domid);
  return who.uuid.empty() ? "domain " + std::to_string(domid) : who.uuid;
}

std::string Guests::stable_path(std::string_view path) {
  return renamed(path, [this](Domid domid) { return stable_name(domid); });
}

std::string Guests::sure_path(std::string_view path) {
  return renamed(path, [this](Domid domid) {
    const Guest& who = guest(domid);
    return who.uuid_sure ? who.uuid : "domain " + std::to_string(domid);
  });
}

std::string Guests::renamed(std::string_view path,
                            const std::function<std::string(Domid)>& name) const {
  std::string text;
  std::size_t done = 0;
  for (const NamedDomain& named : named_domains(path)) {
    text += escape(path.substr(done, named.offset - done)) + '<' + name(named.domid) + '>';
    done = named.offset + named.length;
  }
  return text + escape(path.substr(done));
}

std::vector<Domid> Guests::domains_of(std::string_view path) const {
  std::vector<Domid> domids;
  for (const NamedDomain& named : named_domains(path)) domids.push_back(named.domid);
  return domids;
}

std::string Guests::pattern_of(std::string_view path, Domid guest) const {
  std::string pattern;
  std::size_t done = 0;
  for (const NamedDomain& named : named_domains(path)) {
    if (named.domid != guest) continue;
    pattern.append(path.substr(done, named.offset - done)).append("*");
    done = named.offset + named.length;
  }
  pattern.append(path.substr(done));
  constexpr std::string_view kHome = "/local/domain/*";
  if (pattern.starts_with(kHome)) pattern.replace(0, kHome.size(), "~");
  return pattern;
}

bool Guests::identified(std::string_view path) {
  const auto named = named_domains(path);
  return std::all_of(named.begin(), named.end(), [&](const NamedDomain& one) {
    return one.domid == 0 || guest(one.domid).uuid_sure;
  });
}

std::vector<Guests::NamedDomain> Guests::named_domains(std::string_view path) const {
  // A guest can create paths of a thousand components. No schema entry describes one that deep, so
  // the search upwards begins at the length of the schema's longest pattern.
  std::string_view known = path;
  const auto names = path_names(path);
  if (names.size() > deepest_entry_) {
    known = deepest_entry_ == 0
                ? std::string_view("/")
                : path.substr(
                      0, static_cast<std::size_t>(names[deepest_entry_ - 1].data() - path.data()) +
                             names[deepest_entry_ - 1].size());
  }
  Schema::Match match = schema_.match(known);
  while (match.entry == nullptr && known != "/") {
    known = parent_path(known);
    match = schema_.match(known);
  }
  std::vector<NamedDomain> found;
  if (match.entry == nullptr) return found;
  const auto& variables = match.pattern->variables();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const Binding& binding = match.bindings[i];
    if (variables[i].type != VariableType::domid || !binding.bound) continue;
    found.push_back({static_cast<std::size_t>(binding.text.data() - known.data()),
                     binding.text.size(), binding.number});
  }
  return found;
}

}  // namespace xsaudit
