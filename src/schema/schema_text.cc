#include "schema/schema_text.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/escape.h"

namespace xsaudit {
namespace {

std::string join(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::string version(const XenVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

// "since Xen 4.10", "Xen 4.4 to 4.8"; empty for one that all versions have.
std::string versions(const SchemaEntry& entry) {
  if (entry.since && entry.until) {
    return "Xen " + version(*entry.since) + " to " + version(*entry.until);
  }
  if (entry.since) return "since Xen " + version(*entry.since);
  return entry.until ? "until Xen " + version(*entry.until) : "";
}

std::string guests(const SchemaEntry& entry) {
  if (entry.pv && entry.hvm && entry.pvh) return {};
  std::vector<std::string> kinds;
  if (entry.pv) kinds.emplace_back("PV");
  if (entry.hvm) kinds.emplace_back("HVM");
  if (entry.pvh) kinds.emplace_back("PVH");
  return join(kinds, ", ") + " guests only";
}

std::string link(const SchemaEntry& entry) {
  std::string text = "names " + entry.link->to.text();
  if (!entry.link->back.empty())
    text += ", where " + entry.link->back + " must name this directory";
  return text;
}

std::string forms(const std::vector<PermissionTemplate>& forms, const char* quote) {
  std::vector<std::string> texts;
  for (const PermissionTemplate& form : forms) texts.push_back(quote + form.text() + quote);
  return join(texts, " or ");
}

// In a cell of a table a '|' would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string permissions_cell(const Schema& schema, const SchemaEntry& entry) {
  std::vector<std::string> texts;
  for (const ProfileTable::Profile& profile : schema.profiles().profiles()) {
    const auto named = entry.permissions.find(profile.name);
    if (named != entry.permissions.end()) {
      texts.push_back(profile.name + ": " + forms(named->second, "`"));
    }
  }
  if (const auto others = entry.permissions.find(""); others != entry.permissions.end()) {
    texts.push_back((texts.empty() ? "" : "others: ") + forms(others->second, "`"));
  }
  return join(texts, "; ");
}

std::string remarks_cell(const SchemaEntry& entry) {
  std::vector<std::string> remarks;
  if (entry.link) {
    remarks.push_back(
        "names `" + entry.link->to.text() + "`" +
        (entry.link->back.empty() ? "" : ", named by its `" + entry.link->back + "`"));
  }
  if (entry.required) remarks.emplace_back("always there");
  if (entry.unchecked) remarks.emplace_back("not checked");
  if (entry.changes_often) remarks.emplace_back("volatile");
  if (entry.secret) {
    remarks.emplace_back(entry.secret->text() == "any" ? "secret" : "may be secret");
  }
  for (const std::string& one : {guests(entry), versions(entry), std::string(entry.note)}) {
    if (!one.empty()) remarks.push_back(one);
  }
  if (!entry.document.empty()) remarks.push_back("xenstore-paths: " + std::string(entry.document));
  return join(remarks, "; ");
}

std::string anchor(std::string_view heading) {
  std::string text;
  for (const char c : heading) {
    if (c >= 'A' && c <= 'Z') text += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
    if (c == ' ' || c == '-') text += '-';
  }
  return text;
}

void line(std::string& text, const char* label, std::string_view what) {
  if (what.empty()) return;
  std::string start = label;
  start.resize(13, ' ');
  text.append(start).append(what).append("\n");
}

std::string bindings(const Schema::Match& match) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < match.bindings.size(); ++i) {
    if (!match.bindings[i].bound) continue;
    texts.push_back("$" + match.pattern->variables()[i].name + " = " +
                    escape(match.bindings[i].text));
  }
  return join(texts, ", ");
}

// A permission form with what the path binds put in.
std::string filled_in(const PermissionTemplate& form, const Schema::Match& match) {
  std::string text;
  for (const PermissionTemplate::Entry& one : form.entries()) {
    text += (text.empty() ? "" : ",") + std::string(1, one.entry.letter());
    const int index = match.pattern == nullptr ? -1 : match.pattern->variable(one.variable);
    if (one.variable.empty()) {
      text += std::to_string(one.entry.domid);
    } else if (index >= 0 && match.bindings[static_cast<std::size_t>(index)].bound) {
      text += match.bindings[static_cast<std::size_t>(index)].text;
    } else {
      text += "$" + one.variable;
    }
  }
  return text;
}

std::size_t components(std::string_view path) {
  return path == "/" ? 0 : static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

}  // namespace

std::string schema_list(const Schema& schema) {
  std::string text;
  for (const SchemaEntry& entry : schema.entries()) {
    text.append(entry.key()).append("  ").append(entry.description).append("\n");
  }
  return text;
}

std::string schema_page(const Schema& schema) {
  std::map<std::string, std::vector<const SchemaEntry*>> areas;
  for (const SchemaEntry& entry : schema.entries()) {
    areas[std::string(entry.area.empty() ? "Other" : entry.area)].push_back(&entry);
  }
  std::string text =
      "# Every path of the store\n"
      "\n"
      "Generated from the schema by `xsaudit schema list --format markdown`; do not "
      "edit it\n"
      "here. [README.md](README.md) explains patterns, types and permissions; `xsaudit explain "
      "PATH`\n"
      "prints all facts about one path, with their sources. `~` is `/local/domain/$DOMID`.\n"
      "\n";
  for (const auto& [area, entries] : areas) text += "- [" + area + "](#" + anchor(area) + ")\n";
  for (const auto& [area, entries] : areas) {
    text += "\n## " + area +
            "\n\n| path | description | type | permissions | remarks |\n|---|---|---|---|---|\n";
    for (const SchemaEntry* const entry : entries) {
      text += "| `" + cell(entry->key()) + "` | " + cell(entry->description) + " | `" +
              cell(entry->type.text()) + "` | " + cell(permissions_cell(schema, *entry)) + " | " +
              cell(remarks_cell(*entry)) + " |\n";
    }
  }
  return text;
}

std::string schema_explanation(const Schema& schema, const Schema::Match& match,
                               std::string_view path) {
  const SchemaEntry& entry = *match.entry;
  std::string text = path.empty() ? std::string(entry.key()) : escape(path);
  text.append("\n").append(entry.description).append("\n\n");
  line(text, "entry", std::string(entry.key()) + "  (" + entry.place() + ")");
  line(text, "variables", bindings(match));
  line(text, "value", entry.type.expected());
  if (entry.link) line(text, "link", link(entry));
  const char* label = "permissions";
  for (const ProfileTable::Profile& profile : schema.profiles().profiles()) {
    std::vector<std::string> texts;
    if (const auto* const forms = entry.forms(profile.name)) {
      for (const PermissionTemplate& form : *forms) texts.push_back(filled_in(form, match));
    }
    std::string name = profile.name;
    name.resize(10, ' ');
    line(text, label, name + (texts.empty() ? "not known to have it" : join(texts, " or ")));
    label = "";
  }
  line(text, "required", entry.required ? "wherever the node above it is" : "");
  line(text, "guests", guests(entry));
  line(text, "versions", versions(entry));
  line(text, "unchecked", entry.unchecked ? "the guest may create any nodes there" : "");
  line(text, "volatile", entry.changes_often ? "its value is not compared by xsaudit diff" : "");
  if (entry.secret) {
    line(text, "secret",
         entry.secret->text() == "any" ? "always" : "if it " + entry.secret->text());
  }
  line(text, "document", entry.document);
  line(text, "note", entry.note);
  line(text, "source", entry.source);
  return text;
}

const SchemaEntry* find_entry(const Schema& schema, std::string_view pattern) {
  for (const SchemaEntry& entry : schema.entries()) {
    if (entry.key() == pattern) return &entry;
    for (const Pattern& one : entry.patterns) {
      if (one.text() == pattern) return &entry;
    }
  }
  return nullptr;
}

// Among the patterns that are as long as the path and differ from it in one fixed name only.
std::string near_path(const Schema& schema, std::string_view path) {
  std::set<std::string> near;
  for (PathTrie::Id id = 0; id < schema.patterns(); ++id) {
    const Pattern& pattern = *schema.numbered(id).pattern;
    if (pattern.deep() || pattern.segments().size() != components(path)) continue;
    std::string_view rest = path;
    const Pattern::Segment* differs = nullptr;
    std::string_view name_there;
    std::size_t differences = 0;
    for (const Pattern::Segment& segment : pattern.segments()) {
      rest.remove_prefix(1);
      const std::string_view name = rest.substr(0, rest.find('/'));
      rest.remove_prefix(name.size());
      Binding binding;
      bool fits = true;
      if (segment.kind == Pattern::Segment::Kind::literal) {
        fits = name == segment.prefix;
      } else if (segment.kind == Pattern::Segment::Kind::variable) {
        const auto index = static_cast<std::size_t>(segment.variable);
        fits = bind(pattern.variables()[index].type, name, binding);
      }
      if (fits) continue;
      ++differences;
      differs = &segment;
      name_there = name;
    }
    if (differences != 1 || differs->kind != Pattern::Segment::Kind::literal) continue;
    if (!did_you_mean(name_there, {differs->prefix}).empty()) near.insert(pattern.text());
  }
  return near.empty() ? std::string() : "did you mean '" + *near.begin() + "'?";
}

}  // namespace xsaudit
