// Permissions as in the schema: like xenstore-ls -p, with variables for domids that differ from
// node to node, as in "n0,r$DOMID". Immutable, copies share their data; any thread may use one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/permissions.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class PermissionTemplate {
 public:
  struct Entry {
    PermissionEntry entry;  // its domid only counts where `variable` is empty
    std::string variable;   // "DOMID"
  };

  static Result<PermissionTemplate> parse(std::string_view text);

  const std::string& text() const { return parsed_->text; }
  const std::vector<Entry>& entries() const { return parsed_->entries; }

  // The list with every variable replaced; nothing if `lookup(name)` does not know one. A variable
  // that the path does not bind must be looked up where no guest can write.
  template <typename Lookup>
  std::optional<Permissions> resolve(const Lookup& lookup) const {
    Permissions list;
    for (const Entry& one : entries()) {
      list.push_back(one.entry);
      if (one.variable.empty()) continue;
      const std::optional<Domid> domid = lookup(std::string_view(one.variable));
      if (!domid) return std::nullopt;
      list.back().domid = *domid;
    }
    return list;
  }

 private:
  struct Parsed {
    std::string text;
    std::vector<Entry> entries;
  };
  explicit PermissionTemplate(Parsed parsed)
      : parsed_(std::make_shared<const Parsed>(std::move(parsed))) {}

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace xsaudit
