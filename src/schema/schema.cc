#include "schema/schema.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/escape.h"
#include "schema/entry_loader.h"
#include "yaml/yaml_document.h"
#include "yaml/yaml_tree.h"

#include "store/path.h"

namespace xsaudit {
namespace {

Result<VariableType> load_variable_type(const YamlValue& value) {
  static const std::map<std::string, VariableType, std::less<>> types = {
      {"name", VariableType::name},
      {"number", VariableType::number},
      {"domid", VariableType::domid},
      {"uuid", VariableType::uuid},
      {"device", VariableType::device}};
  const auto type = types.find(value.text());
  if (type != types.end()) return type->second;
  return value.error("unknown type of variable '" + escape_shortened(value.text(), 40) + "'",
                     "name, number, domid, uuid or device");
}

// Keys that occur once in the whole schema; other keys can occur in each file.
bool is_section(std::string_view key) {
  return key != "title" && key != "source" && key != "unchecked" && key != "paths";
}

}  // namespace

// Sections that occur once, in any file, are read first, because entries refer to them.
class Schema::Loader {
 public:
  Result<Schema> load(std::vector<YamlDocument> files) {
    schema_.files_ = std::move(files);
    for (Status (Loader::*step)() :
         {&Loader::find_sections, &Loader::load_variables, &Loader::load_tables,
          &Loader::load_profiles, &Loader::load_entries}) {
      XSAUDIT_TRY((this->*step)());
    }
    schema_.variables_ = std::move(context_.variables);
    return std::move(schema_);
  }

 private:
  Status find_sections() {
    for (const YamlDocument& document : schema_.files_) {
      const YamlValue root = document.root();
      if (auto keys =
              root.only_keys({"variables", "domains", "devices", "host", "limits", "profiles",
                              "permissions", "title", "source", "unchecked", "paths"});
          !keys) {
        return keys;
      }
      for (const auto& [key, value] : root.members()) {
        if (!is_section(key.text())) continue;
        const auto [first, added] = sections_.emplace(key.text(), value);
        // A schema that is added may have kinds of devices of its own.
        if (!added && key.text() == "devices" && value.only_keys({"kinds"})) {
          more_devices_.push_back(value);
        } else if (!added) {
          return key.error("the section '" + std::string(key.text()) + "' is there twice",
                           "the first is at " + first->second.place());
        }
      }
    }
    for (const char* name : {"variables", "domains", "devices", "profiles", "permissions"}) {
      if (sections_.count(name) == 0) {
        return Error{"", std::string("the schema has no section '") + name + "'", {}};
      }
    }
    return ok();
  }

  Status load_variables() {
    for (const auto& [name, value] : sections_.at("variables").members()) {
      XSAUDIT_ASSIGN(auto type, load_variable_type(value));
      context_.variables.emplace(name.text(), type);
    }
    return ok();
  }

  Status load_tables() {
    XSAUDIT_ASSIGN(schema_.domains_,
                   DomainTable::load(sections_.at("domains"), context_.variables));
    XSAUDIT_ASSIGN(schema_.devices_,
                   DeviceTable::load(sections_.at("devices"), context_.variables, more_devices_));
    if (const auto found = sections_.find("limits"); found != sections_.end()) {
      XSAUDIT_ASSIGN(schema_.limits_, LimitTable::load(found->second));
    }
    const auto found = sections_.find("host");
    if (found == sections_.end()) return ok();
    XSAUDIT_ASSIGN(schema_.host_, HostTable::load(found->second, context_.variables));
    return ok();
  }

  Status load_profiles() {
    for (const auto& [name, value] : sections_.at("permissions").members()) {
      XSAUDIT_ASSIGN(auto form, load_form(value, context_));
      context_.forms.emplace(name.text(), std::move(form));
    }
    auto profiles =
        ProfileTable::load(sections_.at("profiles"), context_.variables,
                           [&](const YamlValue& text) { return load_form(text, context_); });
    XSAUDIT_TRY(profiles);
    schema_.profiles_ = *std::move(profiles);
    for (const auto& profile : schema_.profiles_.profiles()) {
      context_.profiles.push_back(profile.name);
    }
    return ok();
  }

  Status load_entries() {
    for (const YamlDocument& document : schema_.files_) {
      EntryDefaults defaults;
      defaults.area = document.root().get("title").text();
      defaults.source = document.root().get("source").text();
      if (const YamlValue free = document.root().get("unchecked"); free.exists()) {
        XSAUDIT_ASSIGN(defaults.unchecked, free.as_bool());
      }
      for (const auto& [key, value] : document.root().get("paths").members()) {
        XSAUDIT_ASSIGN(auto entry, load_entry(key, value, defaults, context_));
        schema_.entries_.push_back(std::move(entry));
      }
    }
    for (std::size_t i = 0; i < schema_.entries_.size(); ++i) {
      for (std::size_t j = 0; j < schema_.entries_[i].patterns.size(); ++j) {
        schema_.trie_.add(schema_.entries_[i].patterns[j],
                          static_cast<PathTrie::Id>(schema_.governed_.size()));
        schema_.governed_.emplace_back(i, j);
      }
    }
    const auto collision = schema_.trie_.collision();
    if (!collision) {
      number_patterns();
      return ok();
    }
    const auto [earlier, later] = std::minmax(collision->first, collision->second);
    const auto [first, first_pattern] = schema_.governed_[earlier];
    const auto [second, second_pattern] = schema_.governed_[later];
    const SchemaEntry& a = schema_.entries_[first];
    const SchemaEntry& b = schema_.entries_[second];
    return Error{b.place(),
                 "some path matches both '" + b.patterns[second_pattern].text() + "' and '" +
                     a.patterns[first_pattern].text() + "' at " + a.place() +
                     ", and neither has priority",
                 {}};
  }

  void number_patterns() {
    for (PathTrie::Id id = 0; id < schema_.governed_.size(); ++id) {
      const auto [entry, pattern] = schema_.numbered(id);
      const auto named = std::count_if(
          pattern->segments().begin(), pattern->segments().end(),
          [](const auto& segment) { return segment.kind == Pattern::Segment::Kind::variable; });
      schema_.repeats_variable_.push_back(static_cast<std::size_t>(named) >
                                          pattern->variables().size());
      if (!entry->required) continue;
      const std::uint32_t above = schema_.trie_.above(*pattern);
      if (schema_.required_below_.size() <= above) schema_.required_below_.resize(above + 1);
      schema_.required_below_[above].push_back(id);
      const std::string& name = pattern->segments().back().prefix;
      std::vector<std::string>& names = schema_.required_names_;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }

  std::map<std::string, YamlValue, std::less<>> sections_;
  std::vector<YamlValue> more_devices_;
  EntryContext context_;
  Schema schema_;
};

Result<Schema> Schema::load(std::vector<YamlDocument> files) {
  return Loader().load(std::move(files));
}

Result<Schema> Schema::load(const std::vector<TextFile>& files) {
  auto documents = parse_yaml_files(files);
  return documents ? load(*std::move(documents)) : documents.error();
}

std::span<const YamlTable> embedded_schema_tables();  // made by the build

std::vector<YamlDocument> embedded_schema() {
  std::vector<YamlDocument> files;
  for (const YamlTable& table : embedded_schema_tables()) files.emplace_back(table.tree);
  return files;
}

Schema::Numbered Schema::numbered(PathTrie::Id id) const {
  const SchemaEntry& entry = entries_[governed_[id].first];
  return {&entry, &entry.patterns[governed_[id].second]};
}

std::span<const PathTrie::Id> Schema::required_below(std::uint32_t trie_node) const {
  if (trie_node >= required_below_.size()) return {};
  return required_below_[trie_node];
}

bool Schema::secret(std::string_view path, std::string_view value) const {
  const SchemaEntry* const entry = match(path).entry;
  return entry != nullptr && entry->secret &&
         entry->secret->accepts(value, [](std::string_view) { return std::string_view(); });
}

std::vector<std::string> Schema::top_names() const {
  std::set<std::string> names;
  for (const SchemaEntry& entry : entries_) {
    for (const Pattern& pattern : entry.patterns) {
      const auto& segments = pattern.segments();
      if (segments.empty() || segments.front().kind != Pattern::Segment::Kind::literal) continue;
      names.insert(segments.front().prefix);
    }
  }
  return {names.begin(), names.end()};
}

Liveness Schema::liveness(const Snapshot& snapshot, const std::vector<Domid>& privileged,
                          const std::optional<std::vector<Domid>>& given) const {
  const bool listed = given || snapshot.info().introduced;
  return domains_.liveness(snapshot, privileged, given,
                           listed ? std::vector<Domid>() : devices_.connected(snapshot));
}

std::vector<std::string> Schema::always() const {
  // Deeper nodes may be missing from a store with a fault.
  constexpr std::size_t kDeepest = 3;
  std::set<std::string> paths;
  for (const SchemaEntry& entry : entries_) {
    for (const Pattern& pattern : entry.patterns) {
      const bool near = !pattern.segments().empty() && pattern.segments().size() <= kDeepest;
      if (!entry.required || !near) continue;
      if (const auto path = pattern.path({})) paths.insert(*path);
    }
  }
  return {paths.begin(), paths.end()};
}

std::vector<DumpOptions::Implied> Schema::implied() const {
  const std::string homes(parent_path(path_for_domain(domains_.home(), 0)));
  std::vector<DumpOptions::Implied> implied;
  for (const auto& [in_home, path] : domains_.with_guests()) {
    implied.push_back({homes, std::string(last_name(path_for_domain(in_home, 0))), path});
  }
  return implied;
}

Schema::Match Schema::match(std::string_view path) const {
  Match match;
  const auto id = trie_.match(
      path, [&](PathTrie::Id at) { return numbered(at).pattern->matches(path, match.bindings); });
  if (!id) return {};
  match.entry = numbered(*id).entry;
  match.pattern = numbered(*id).pattern;
  return match;
}

}  // namespace xsaudit
