// What the audit's tests share: the built-in schema, rules made of a few lines, small stores.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "audit/auditor.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

inline const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

// `body`: pattern, assertion and message.
inline TextFile rule_file(const std::string& id, const std::string& severity,
                          const std::string& body) {
  return {id + ".yaml", "id: " + id + "\ntitle: A title\nseverity: " + severity +
                            "\nclass: security\nwhy: Because.\nfix: Do this.\n" + body};
}

inline RuleSet load(const std::vector<TextFile>& files) {
  auto rules = RuleSet::load(files, schema());
  if (!rules) FAIL(rules.error().text());
  return std::move(rules).value();
}

inline AuditResult audit(const RuleSet& rules, const std::string& text, AuditOptions options = {}) {
  Auditor auditor(schema(), rules, std::move(options));
  auditor.add("store", read_dump_text(text, "store"));
  return std::move(auditor).finish();
}

// A guest with a vif, whose frontend it owns as all guests do.
inline std::string guest_with_vif(const std::string& domid, const std::string& uuid,
                                  const std::string& vm_permissions = "n0") {
  const std::string home = "/local/domain/" + domid;
  const auto line = [](const std::string& path, const std::string& value,
                       const std::string& permissions) {
    return path + " = \"" + value + "\"   (" + permissions + ")\n";
  };
  const std::string mine = "n" + domid + ",r0";
  return line(home, "", "n0,r" + domid) + line(home + "/vm", "/vm/" + uuid, vm_permissions) +
         line(home + "/name", "g" + domid, "n0,r" + domid) +
         line(home + "/device", "", "n0,r" + domid) +
         line(home + "/device/vif", "", "n0,r" + domid) + line(home + "/device/vif/0", "", mine) +
         line(home + "/device/vif/0/mac", "bad", mine) +
         line(home + "/device/vif/0/state", "4", mine);
}

// Two nodes below "/", or it would be taken for a listing of the one.
inline const std::string kTop =
    "/tool = \"\"   (n0)\n/local = \"\"   (n0)\n/local/domain = \"\"   (n0)\n";
inline const std::string kUuid = "11111111-2222-3333-4444-555555555555";
inline const std::string kOther = "99999999-2222-3333-4444-555555555555";

}  // namespace xsaudit
