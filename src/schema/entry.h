// The description of the nodes at one path, or at several paths with one entry. Made by the loader;
// a plain value that any thread may read. Its texts are views into the schema's files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/pattern.h"
#include "schema/permission_template.h"
#include "schema/value_type.h"

namespace xsaudit {

// "4.17"
struct XenVersion {
  int major = 0;
  int minor = 0;
  bool operator==(const XenVersion&) const = default;
  bool operator<(const XenVersion& other) const {
    return major != other.major ? major < other.major : minor < other.minor;
  }
};

// The target of a node's value: another node, and the node in it that must point back.
struct SchemaLink {
  Pattern to;        // what the value must match; variables that the path binds are the same here
  std::string back;  // below the target, the node whose value is the path of the directory of this
                     // one; empty if nothing points back
};

struct SchemaEntry {
  explicit SchemaEntry(const YamlValue& written_key) : written(written_key) {}

  std::string_view key() const { return written.text(); }  // as the file writes it
  std::string place() const { return written.place(); }    // "file:line:col"

  std::vector<Pattern> patterns;  // the patterns of its key; each binds the same variables
  YamlValue written;              // the key in its file
  std::string_view area;          // the heading of its file; may be empty
  std::string_view description;   // one sentence
  ValueType type;
  std::optional<SchemaLink> link;
  // By profile; each profile's forms are alternatives. The entry under "" applies to all other
  // profiles. A profile without forms: not described.
  std::map<std::string, std::vector<PermissionTemplate>, std::less<>> permissions;
  bool required = false;   // must be there wherever its parent is
  bool unchecked = false;  // nodes of the guest that no rule judges
  // The value changes without a cause that an administrator looks for: xsaudit diff leaves it out.
  bool changes_often = false;
  std::optional<ValueType> secret;  // values that are not shown unless asked for
  // The kinds of guest whose store has it; all three unless the schema limits them.
  bool pv = true;
  bool hvm = true;
  bool pvh = true;
  std::optional<XenVersion> since;  // the first that has it
  std::optional<XenVersion> until;  // the last that has it
  std::string_view document;        // the differing text of xenstore-paths
  std::string_view note;
  std::string_view source;

  // Null if the entry does not describe this profile.
  const std::vector<PermissionTemplate>* forms(std::string_view profile) const;
};

}  // namespace xsaudit
