// Permissions as the schema writes them: like xenstore-ls -p, with variables for domids that differ
// from node to node, as in "n0,r$DOMID". Immutable; any thread may use one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/error.h"
#include "store/permissions.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class PermissionForm {
 public:
  struct Entry {
    PermissionEntry entry;  // its domid only counts where `variable` is empty
    std::string variable;   // "DOMID"
  };

  static Result<PermissionForm> parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<Entry>& entries() const { return entries_; }

  // The list with every variable replaced; nothing if `lookup(name)` does not know one. A variable
  // that the path does not bind must be looked up where no guest can write.
  template <typename Lookup>
  std::optional<Permissions> resolve(const Lookup& lookup) const {
    Permissions list;
    for (const Entry& one : entries_) {
      list.push_back(one.entry);
      if (one.variable.empty()) continue;
      const std::optional<Domid> domid = lookup(std::string_view(one.variable));
      if (!domid) return std::nullopt;
      list.back().domid = *domid;
    }
    return list;
  }

 private:
  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace xsaudit
