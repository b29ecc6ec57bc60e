#include <algorithm>

#include "base/escape.h"
#include "base/wording.h"
#include "report/access_answers.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

constexpr std::size_t kLabelWidth = 14;

void add_line(std::string& text, std::string label, const std::string& what) {
  label.resize(kLabelWidth, ' ');
  text += "  " + label + what + "\n";
}

// Privileged domains are named once, at the top.
std::string answer_text(const DomainSet& domains, const AccessReport& report) {
  if (domains.empty()) return "no unprivileged domain";
  if (!domains.everyone_else()) return domains.text();
  std::vector<Domid> excluded = domains.listed();
  std::erase_if(excluded, [&](Domid domid) {
    return std::binary_search(report.privileged.begin(), report.privileged.end(), domid);
  });
  return DomainSet::all_but(std::move(excluded)).text();
}

void add_ways(std::string& text, const char* label, const std::vector<AccessWay>& ways,
              const PathAccess& path, const AccessReport& report) {
  if (ways.empty()) add_line(text, label, "no unprivileged domain");
  for (const AccessWay& way : ways) {
    std::string line = answer_text(way.domains, report);
    if (way.through != path.path) line += ", through " + escape_shortened(way.through);
    add_line(text, label, line);
    label = "";
  }
}

std::string owner_of(const Permissions& permissions) {
  return "domain " + std::to_string(permissions.front().domid);
}

// The default access, for domains without an entry of their own.
const char* default_access(const Permissions& permissions) {
  switch (permissions.front().letter()) {
    case 'r': return "read";
    case 'w': return "write";
    case 'b': return "read and write";
    default: return "none";
  }
}

void add_permissions(std::string& text, const PathAccess& path, const AccessReport& report) {
  const bool present = path.presence == Presence::present;
  if (!path.permissions) {
    const std::string node = present ? "" : " of " + escape_shortened(path.nearest);
    add_line(text, "permissions", "unknown" + node + ": " + to_text(path.permissions_unknown));
    return;
  }
  if (present) {
    add_line(text, "permissions", to_text(*path.permissions));
    add_line(text, "owner", owner_of(*path.permissions));
    add_line(text, "others", std::string(default_access(*path.permissions)) + " by default");
    add_line(text, "reads", answer_text(path.readers, report));
    add_line(text, "writes", answer_text(path.writers, report));
    add_ways(text, "removes", path.removers, path, report);
    add_ways(text, "decides", path.controllers, path, report);
  } else {
    add_line(text, "nearest",
             escape_shortened(path.nearest) + "  (" + to_text(*path.permissions) + ")");
    add_ways(text, "creates", path.controllers, path, report);
  }
  if (!path.unknown_above.empty()) {
    add_line(text, "unknown",
             "the permissions of " + escape_shortened(path.unknown_above) + ": " +
                 to_text(path.unknown_above_reason) + "; more domains may have access through it");
  }
}

void add_schema(std::string& text, const PathAccess& path) {
  if (!path.schema) {
    add_line(text, "schema", "no entry for this path");
    return;
  }
  add_line(text, "schema", path.schema->entry);
  add_line(text, "", path.schema->description);
  std::string forms;
  for (const std::string& form : path.schema->permissions) {
    forms += (forms.empty() ? "" : " or ") + form;
  }
  add_line(text, "described", forms.empty() ? "no permissions for this toolstack" : forms);
  const bool compared = path.presence == Presence::present && path.permissions && !forms.empty();
  if (!path.schema->difference.empty()) {
    add_line(text, "difference", path.schema->difference);
  } else if (compared) {
    add_line(text, "difference", "none");
  }
}

std::string answer_text(const PathAccess& path, const AccessReport& report) {
  std::string text = escape_shortened(path.path) + "\n";
  if (path.presence == Presence::absent) add_line(text, "presence", "it does not exist");
  if (path.presence == Presence::unknown) {
    add_line(text, "presence",
             std::string("unknown: ") + to_text(path.presence_unknown) + "; if it does not exist:");
  }
  add_permissions(text, path, report);
  add_schema(text, path);
  return text;
}

std::string verbs(const Rights& rights) {
  std::vector<std::string> verbs;
  if (rights.owns) verbs.emplace_back("owns");
  if (rights.writes) verbs.emplace_back("writes");
  if (rights.decides && !rights.writes) verbs.emplace_back("decides");
  if (rights.removes) verbs.emplace_back("removes");
  if (rights.reads) verbs.emplace_back("reads");
  return joined(verbs);
}

std::string answer_text(const ReachedSubtree& subtree) {
  std::string text = escape_shortened(subtree.path);
  if (subtree.siblings > 0) {
    text += ", " + plural(subtree.siblings, "sibling", "siblings");
  }
  if (const std::uint64_t below = subtree.nodes - 1 - subtree.siblings; below > 0) {
    text += " and " + plural(below, "node", "nodes") + " below";
  }
  if (subtree.permissions) text += "  (" + to_text(*subtree.permissions) + ")";
  text += "\n";
  add_line(text, "rights", verbs(subtree.rights));
  if (!subtree.through.empty() && subtree.through != subtree.path) {
    add_line(text, "through", escape_shortened(subtree.through));
  }
  if (!subtree.beyond_schema.empty()) {
    add_line(text, "not described", subtree.beyond_schema);
  }
  add_line(text, "schema", subtree.entry.empty() ? "no entry for this path" : subtree.entry);
  return text;
}

std::string answer_text(const DomainReach& reach) {
  const std::string guest = guest_phrase(reach.guest);
  if (reach.privileged) return guest + " is privileged: it has all access to every node\n";
  std::string text = guest + " reaches " + plural(reach.nodes, "node", "nodes") +
                     " outside its home " + escape_shortened(reach.home) + "\n";
  if (reach.unknown > 0) {
    text += "the permissions of " + plural(reach.unknown, "node", "nodes") +
            " are unknown, the first is " + escape_shortened(reach.first_unknown) + "\n";
  }
  for (const ReachedSubtree& subtree : reach.subtrees) text += "\n" + answer_text(subtree);
  if (reach.left_out > 0) {
    text += "\nand " + plural(reach.left_out, "less dangerous subtree", "less dangerous subtrees") +
            "\n";
  }
  return text;
}

}  // namespace

std::string write_access_text(const AccessReport& report) {
  std::string text = escape_shortened(report.info.name) + ": " + report.info.kind + ", " +
                     plural(report.nodes, "node", "nodes") + "\n" +
                     "privileged, with all access and not listed below: " +
                     DomainSet::of(report.privileged).text() + "\n";
  for (const auto& [stub, target] : report.stub_domains) {
    text += "stub domain " + std::to_string(stub) + " has the rights of domain " +
            std::to_string(target) + "\n";
  }
  if (report.root_unknown != UnknownReason::known) {
    text += std::string("the permissions of / are unknown (") + to_text(report.root_unknown) +
            "); a domain that may write / can do more than listed\n";
  }
  for (const PathAccess& path : report.paths) text += "\n" + answer_text(path, report);
  if (report.reach) text += "\n" + answer_text(*report.reach);
  return text;
}

}  // namespace xsaudit
