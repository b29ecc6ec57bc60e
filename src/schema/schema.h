// The schema: the expected content of each path of a store. Loaded from YAML files, either those
// built into the program or a directory; every error has its file:line:col. Immutable once loaded;
// any thread. The language is described in schema/README.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"
#include "schema/device_table.h"
#include "schema/domain_table.h"
#include "schema/entry.h"
#include "schema/host_table.h"
#include "schema/path_trie.h"
#include "schema/pattern.h"
#include "schema/profile_table.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

class Schema {
 public:
  static Result<Schema> load(std::vector<YamlDocument> files);
  static Result<Schema> load(const std::vector<TextFile>& files);

  const VariableTypes& variables() const { return variables_; }
  const DeviceTable& devices() const { return devices_; }
  const DomainTable& domains() const { return domains_; }
  const ProfileTable& profiles() const { return profiles_; }
  const HostTable& host() const { return host_; }
  const LimitTable& limits() const { return limits_; }
  const std::vector<SchemaEntry>& entries() const { return entries_; }
  // Names that entries have directly below "/", sorted.
  std::vector<std::string> top_names() const;
  // Paths near "/" that every store has, those of ancestors first.
  std::vector<std::string> always() const;
  // Nodes that every store has after its first guest, if a home has a certain child.
  std::vector<DumpOptions::Implied> implied() const;

  // The entry that governs a path, with the governing one of its patterns and its bindings; null if
  // none does. path_trie.h defines the precedence. Bindings are views into `path`.
  struct Match {
    const SchemaEntry* entry = nullptr;
    const Pattern* pattern = nullptr;
    std::vector<Binding> bindings;
  };
  Match match(std::string_view path) const;

  // DomainTable::liveness() with the connected devices of the snapshot.
  Liveness liveness(const Snapshot& snapshot, const std::vector<Domid>& privileged,
                    const std::optional<std::vector<Domid>>& given) const;

  // Whether this value of a node is a secret, shown only on request.
  bool secret(std::string_view path, std::string_view value) const;

  // The last names of nodes that are required wherever their parents exist; each once.
  const std::vector<std::string>& required_names() const { return required_names_; }

  // For schema_walk.h and its users: all patterns of all entries, by their numbers in the trie.
  struct Numbered {
    const SchemaEntry* entry;
    const Pattern* pattern;
  };
  std::size_t patterns() const { return governed_.size(); }
  Numbered numbered(PathTrie::Id id) const;
  const PathTrie& trie() const { return trie_; }
  bool repeats_variable(PathTrie::Id id) const { return repeats_variable_[id]; }
  // Patterns of required children of a node of the trie.
  std::span<const PathTrie::Id> required_below(std::uint32_t trie_node) const;

 private:
  class Loader;  // schema.cc

  std::vector<YamlDocument> files_;  // into which the entries' texts point
  VariableTypes variables_;
  DeviceTable devices_;
  DomainTable domains_;
  ProfileTable profiles_;
  HostTable host_;
  LimitTable limits_;
  std::vector<SchemaEntry> entries_;
  // By number in the trie: an entry, and one of its patterns.
  std::vector<std::pair<std::size_t, std::size_t>> governed_;
  PathTrie trie_;
  std::vector<bool> repeats_variable_;
  std::vector<std::vector<PathTrie::Id>> required_below_;
  std::vector<std::string> required_names_;
};

// schema/*.yaml as they were when the program was built; sorted by name.
std::vector<YamlDocument> embedded_schema();

}  // namespace xsaudit
