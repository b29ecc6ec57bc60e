#include "schema/entry_loader.h"

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"
#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

Result<XenVersion> load_version(const YamlValue& value) {
  XenVersion version;
  std::string_view text = value.text();
  if (take_number(text, version.major) && text.starts_with('.') &&
      whole_number(text.substr(1), version.minor)) {
    return version;
  }
  return value.error("expected a version of Xen, as in 4.17");
}

Result<std::vector<PermissionTemplate>> load_forms(const YamlValue& value,
                                                   const EntryContext& context) {
  std::vector<PermissionTemplate> forms;
  std::vector<YamlValue> items = value.items();
  if (!value.is_list()) items = {value};
  if (items.empty()) return value.error("an empty list of permissions");
  for (const YamlValue& item : items) {
    XSAUDIT_ASSIGN(auto form, load_form(item, context));
    forms.push_back(std::move(form));
  }
  return forms;
}

Status load_permissions(const YamlValue& value, const EntryContext& context, SchemaEntry& entry) {
  if (!value.is_map()) {
    XSAUDIT_ASSIGN(auto forms, load_forms(value, context));
    entry.permissions.emplace("", std::move(forms));
    return ok();
  }
  for (const auto& [key, item] : value.members()) {
    const std::string profile(key.text());
    if (profile != "others" && std::find(context.profiles.begin(), context.profiles.end(),
                                         profile) == context.profiles.end()) {
      std::vector<std::string_view> known(context.profiles.begin(), context.profiles.end());
      known.emplace_back("others");
      return key.error("unknown profile " + single_quoted(profile), did_you_mean(profile, known));
    }
    XSAUDIT_ASSIGN(auto forms, load_forms(item, context));
    entry.permissions.emplace(profile == "others" ? "" : profile, std::move(forms));
  }
  return ok();
}

Status load_link(const YamlValue& value, const EntryContext& context, SchemaEntry& entry) {
  SchemaLink link;
  if (value.is_map()) {
    XSAUDIT_TRY(value.only_keys({"to", "back"}));
    XSAUDIT_ASSIGN(auto back, value.require("back"));
    if (!valid_name(back.text())) return back.error("expected the name of a node");
    link.back = back.text();
  }
  XSAUDIT_ASSIGN(link.to,
                 Pattern::parse(value.is_map() ? value.get("to") : value, context.variables));
  entry.link = std::move(link);
  return ok();
}

Status load_guests(const YamlValue& value, SchemaEntry& entry) {
  entry.pv = entry.hvm = entry.pvh = false;
  std::vector<YamlValue> items = value.items();
  if (!value.is_list()) items = {value};
  for (const YamlValue& item : items) {
    const std::string_view guest = item.text();
    if (guest == "pv") {
      entry.pv = true;
    } else if (guest == "hvm") {
      entry.hvm = true;
    } else if (guest == "pvh") {
      entry.pvh = true;
    } else {
      return item.error("unknown kind of guest " + single_quoted(guest), "pv, hvm or pvh");
    }
  }
  return ok();
}

Status load_text(const YamlValue& value, std::string_view& into) {
  XSAUDIT_ASSIGN(into, value.as_text());
  while (into.ends_with('\n')) into.remove_suffix(1);  // of a block scalar
  return ok();
}

Status load_flag(const YamlValue& value, bool& into) {
  XSAUDIT_ASSIGN(into, value.as_bool());
  return ok();
}

// true, or the type of those values that are secret.
Status load_secret(const YamlValue& value, SchemaEntry& entry) {
  if (value.text() == "true" || value.text() == "false") {
    if (value.text() == "true") entry.secret = *ValueType::parse("any");
    return ok();
  }
  XSAUDIT_ASSIGN(auto type, ValueType::parse(value));
  if (!type.variables().empty()) return value.error("a secret does not depend on the path");
  entry.secret = std::move(type);
  return ok();
}

// A required node is found by its name.
Status check_required(const YamlValue& key, const SchemaEntry& entry) {
  if (!entry.required) return ok();
  for (const Pattern& pattern : entry.patterns) {
    const bool named = !pattern.segments().empty() && !pattern.deep() &&
                       pattern.segments().back().kind == Pattern::Segment::Kind::literal;
    if (!named) return key.error("a required entry must end in a name");
  }
  return ok();
}

// Every pattern of an entry must bind what its type compares with.
Status check_type_variables(const YamlValue& value, const SchemaEntry& entry) {
  for (const std::string& name : entry.type.variables()) {
    for (const Pattern& pattern : entry.patterns) {
      if (pattern.variable(name) >= 0) continue;
      std::vector<std::string_view> known;
      for (const Pattern::Variable& variable : pattern.variables()) known.push_back(variable.name);
      return value.error("$" + escape(name) + " is not a variable of this path",
                         did_you_mean(name, known));
    }
  }
  return ok();
}

}  // namespace

const std::vector<PermissionTemplate>* SchemaEntry::forms(std::string_view profile) const {
  auto found = permissions.find(profile);
  if (found == permissions.end()) found = permissions.find("");
  return found == permissions.end() ? nullptr : &found->second;
}

Result<PermissionTemplate> load_form(const YamlValue& text, const EntryContext& context) {
  XSAUDIT_TRY(text.as_text());
  if (const auto named = context.forms.find(text.text()); named != context.forms.end()) {
    return named->second;
  }
  auto form = PermissionTemplate::parse(text.text());
  if (!form) {
    std::vector<std::string_view> known;
    for (const auto& [name, unused] : context.forms) known.push_back(name);
    const std::string near = did_you_mean(text.text(), known);
    return text.error(form.error().message, near.empty() ? form.error().hint : near);
  }
  for (const PermissionTemplate::Entry& one : form->entries()) {
    if (one.variable.empty()) continue;
    const auto type = context.variables.find(one.variable);
    if (type != context.variables.end() && type->second == VariableType::domid) continue;
    std::vector<std::string_view> known;
    for (const auto& [name, variable_type] : context.variables) {
      if (variable_type == VariableType::domid) known.push_back(name);
    }
    return text.error("$" + escape(one.variable) + " is not a variable of type domid",
                      did_you_mean(one.variable, known));
  }
  return form;
}

Result<SchemaEntry> load_entry(const YamlValue& key, const YamlValue& value,
                               const EntryDefaults& defaults, const EntryContext& context) {
  XSAUDIT_TRY(value.only_keys({"description", "type", "permissions", "link", "required",
                               "unchecked", "guests", "since", "until", "secret", "volatile",
                               "document", "note", "source"}));
  SchemaEntry entry(key);
  entry.area = defaults.area;
  entry.source = defaults.source;
  entry.unchecked = defaults.unchecked;
  XSAUDIT_ASSIGN(entry.patterns, Pattern::expand(key, context.variables));

  Status status = ok();
  for (const auto& [name, member] : value.members()) {
    const std::string_view member_key = name.text();
    if (member_key == "description") status = load_text(member, entry.description);
    if (member_key == "document") status = load_text(member, entry.document);
    if (member_key == "note") status = load_text(member, entry.note);
    if (member_key == "source") status = load_text(member, entry.source);
    if (member_key == "required") status = load_flag(member, entry.required);
    if (member_key == "unchecked") status = load_flag(member, entry.unchecked);
    if (member_key == "volatile") status = load_flag(member, entry.changes_often);
    if (member_key == "secret") status = load_secret(member, entry);
    if (member_key == "guests") status = load_guests(member, entry);
    if (member_key == "link") status = load_link(member, context, entry);
    if (member_key == "permissions") status = load_permissions(member, context, entry);
    if (member_key == "since" || member_key == "until") {
      XSAUDIT_ASSIGN(auto version, load_version(member));
      (member_key == "since" ? entry.since : entry.until) = version;
    }
    XSAUDIT_TRY(status);
  }
  const YamlValue type = value.get("type");
  if (!type.exists() && !entry.link) return value.error("'type' is missing");
  XSAUDIT_ASSIGN(entry.type, type.exists() ? ValueType::parse(type) : ValueType::parse("path"));
  XSAUDIT_TRY(check_type_variables(type, entry));
  XSAUDIT_TRY(check_required(key, entry));
  if (entry.since && entry.until && *entry.until < *entry.since) {
    return value.get("until").error("it ends before it begins");
  }
  if (entry.description.empty()) return value.error("'description' is missing");
  if (entry.permissions.empty()) return value.error("'permissions' is missing");
  if (entry.source.empty()) {
    return value.error("'source' is missing", "or give the whole file one");
  }
  return entry;
}

}  // namespace xsaudit
