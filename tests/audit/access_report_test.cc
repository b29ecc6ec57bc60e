// The answers of `xsaudit access` against store/reference_access.h, which tries one request at a
// time: over random stores, for paths that exist and paths that do not.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "audit/access_report.h"
#include "rules/functions/schema_index.h"
#include "store/path.h"
#include "store/reference_access.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

using Nodes = std::map<std::string, std::optional<Permissions>>;

const Schema& built_in_schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

// 1 to 3 have entries, 9 is only ever a stub domain, 40 has no entry.
const std::vector<Domid> kCallers = {1, 2, 3, 9, 40};

struct Case {
  Nodes nodes;
  Daemon daemon = Daemon::cxenstored;
  AccessOptions options;

  Snapshot snapshot() const {
    SnapshotBuilder builder;
    for (const auto& [path, list] : nodes) {
      const NodeId node = builder.at(path);
      builder.set_value(node, "");
      if (list) builder.set_permissions(node, *list);
    }
    SnapshotInfo info;
    info.has_permissions = true;
    info.daemon = daemon;
    info.any_domid = options.any_domid;
    info.targets = options.targets;
    return std::move(builder).finish(std::move(info), UnknownReason::known);
  }

  std::string text() const {
    std::string text = to_text(daemon);
    for (const auto& [path, list] : nodes) {
      text += " " + path + " (" + (list ? to_text(*list) : "?") + ")";
    }
    return text;
  }
};

Permissions some_list() {
  Permissions list;
  const auto length = *rc::gen::inRange(1, 4);
  for (int i = 0; i < length; ++i) {
    PermissionEntry entry;
    entry.domid = *rc::gen::element<Domid>(0, 0, 1, 2, 3, kAnyDomid);
    entry.read = *rc::gen::arbitrary<bool>();
    entry.write = *rc::gen::inRange(0, 4) == 0;
    list.push_back(entry);
  }
  return list;
}

Case some_case(bool all_known) {
  Case made;
  for (const char* path : {"/", "/local", "/local/domain", "/local/domain/1"}) {
    made.nodes[path] = some_list();
  }
  const auto size = *rc::gen::inRange(0, 10);
  for (int i = 0; i < size; ++i) {
    auto parent = made.nodes.begin();
    std::advance(parent, *rc::gen::inRange<std::size_t>(0, made.nodes.size()));
    const std::string path = join_path(parent->first, *rc::gen::element<std::string>("x", "y"));
    const bool known = all_known || *rc::gen::inRange(0, 6) > 0;
    made.nodes[path] = known ? std::optional(some_list()) : std::nullopt;
  }
  made.daemon = *rc::gen::element(Daemon::cxenstored, Daemon::oxenstored);
  made.options.privileged = {0};
  static const std::vector<std::vector<std::pair<Domid, Domid>>> kTargets = {
      {}, {{9, 1}}, {{1, 2}}};
  made.options.targets = *rc::gen::elementOf(kTargets);
  made.options.any_domid = *rc::gen::arbitrary<bool>();
  return made;
}

// A case with the answers about it.
class Checked {
 public:
  explicit Checked(const Case& given)
      : case_(given),
        snapshot_(given.snapshot()),
        facts_(built_in_schema(), snapshot_),
        reference_(given.nodes),
        daemon_(given.daemon, given.options) {}

  // What the answers about paths say wrongly; empty if nothing.
  std::string wrong_path() const {
    std::vector<std::string> paths;
    for (const auto& [path, list] : case_.nodes) {
      paths.push_back(path);
      paths.push_back(join_path(path, "new"));
      paths.push_back(join_path(path, "new/below"));
    }
    const AccessReport report = report_access(facts_, paths, std::nullopt);
    for (const PathAccess& answer : report.paths) {
      const std::string wrong = wrong_in(answer);
      if (!wrong.empty()) return answer.path + ": " + wrong;
    }
    return {};
  }

  std::string wrong_reach() const {
    for (const Domid caller : kCallers) {
      const AccessReport report = report_access(facts_, {}, caller);
      const std::string wrong = wrong_in(*report.reach, caller);
      if (!wrong.empty()) return "domain " + std::to_string(caller) + ": " + wrong;
    }
    return {};
  }

 private:
  // The only way that contains the domain; null if there is none.
  static const AccessWay* way_of(const std::vector<AccessWay>& ways, Domid caller, bool& twice) {
    const AccessWay* found = nullptr;
    for (const AccessWay& way : ways) {
      if (!way.domains.contains(caller)) continue;
      twice = twice || found != nullptr;
      found = &way;
    }
    return found;
  }

  std::string wrong_in(const PathAccess& answer) const {
    const bool exists = case_.nodes.contains(answer.path);
    if (exists != (answer.presence == Presence::present)) return "presence";
    const std::optional<Permissions>& list = case_.nodes.at(answer.nearest);
    if (list.has_value() != answer.permissions.has_value()) return "permissions";
    if (!list) return answer.controllers.empty() && answer.removers.empty() ? "" : "a guess";
    for (const Domid caller : kCallers) {
      const std::string who = ", domain " + std::to_string(caller);
      if (exists && daemon_.grants(*list, caller, Right::read) != answer.readers.contains(caller)) {
        return "readers" + who;
      }
      if (exists &&
          daemon_.grants(*list, caller, Right::write) != answer.writers.contains(caller)) {
        return "writers" + who;
      }
      bool twice = false;
      if (exists) {
        const AccessWay* const remover = way_of(answer.removers, caller, twice);
        const bool removes = reference_.can_remove(daemon_, caller, answer.path);
        if (removes != (remover != nullptr)) return "removers" + who;
        if (removes && !reference_.removes(daemon_, caller, remover->through, answer.path)) {
          return "removed through " + remover->through + who;
        }
      }
      const AccessWay* const controller = way_of(answer.controllers, caller, twice);
      const bool controls = reference_.can_control(daemon_, caller, answer.path);
      if (controls != (controller != nullptr)) return "controllers" + who;
      if (controls && !controls_through(caller, answer, controller->through)) {
        return "controlled through " + controller->through + who;
      }
      if (twice) return "two ways" + who;
    }
    return {};
  }

  bool controls_through(Domid caller, const PathAccess& answer, const std::string& through) const {
    const bool writes = ReferenceStore(reference_).write(daemon_, caller, answer.path);
    if (writes) return through == answer.nearest;
    return reference_.remakes(daemon_, caller, through, answer.path);
  }

  Rights rights(const std::string& path, Domid caller) const {
    const std::optional<Permissions>& list = case_.nodes.at(path);
    if (!list) return {};
    Rights rights;
    rights.decides = reference_.can_control(daemon_, caller, path);
    rights.writes = daemon_.grants(*list, caller, Right::write);
    rights.reads = daemon_.grants(*list, caller, Right::read);
    rights.removes = reference_.can_remove(daemon_, caller, path);
    rights.owns = caller == list->front().domid;
    for (const auto& [stub, target] : case_.options.targets) {
      rights.owns = rights.owns || (stub == caller && target == list->front().domid);
    }
    return rights;
  }

  // Every node outside the home must be in the subtree of the nearest listed node with its rights,
  // and only the topmost nodes are listed.
  std::string wrong_in(const DomainReach& reach, Domid caller) const {
    const std::string home = "/local/domain/" + std::to_string(caller);
    StoreIndex store_index(facts_);
    // A node that the schema describes otherwise is not grouped with one that it describes so.
    const auto differs = [&](const std::string& path) {
      return store_index.schema().access_differs(snapshot_.find(path));
    };
    std::map<std::string, std::uint64_t> expected;  // by topmost node
    std::map<std::string, std::string> top_of;
    std::uint64_t unknown = 0;
    for (const auto& [path, list] : case_.nodes) {
      if (path == home || path.starts_with(home + "/")) continue;
      if (!list) unknown += path != "/";
      const Rights mine = rights(path, caller);
      if (!mine.any()) continue;
      const bool differs_itself = differs(path);
      const auto same = [&](const std::string& other) {
        return rights(other, caller) == mine && differs(other) == differs_itself;
      };
      const std::string parent(parent_path(path));
      std::string top = path;
      if (path != "/" && top_of.contains(parent) && same(parent)) {
        top = top_of[parent];
      } else {
        for (const auto& [other, other_top] : top_of) {
          const bool sibling = other != "/" && other == other_top && parent_path(other) == parent;
          if (sibling && same(other)) top = other;
        }
      }
      top_of[path] = top;
      ++expected[top];
    }
    if (reach.unknown != unknown) return "the number of unknown nodes";
    std::map<std::string, std::uint64_t> listed;
    const auto danger = [](const Rights& rights) {
      return rights.decides ? 2 : rights.removes ? 1 : 0;
    };
    int before = 2;
    for (const ReachedSubtree& subtree : reach.subtrees) {
      listed[subtree.path] = subtree.nodes;
      if (!(subtree.rights == rights(subtree.path, caller))) return "rights to " + subtree.path;
      if (danger(subtree.rights) > before) return "the order at " + subtree.path;
      before = danger(subtree.rights);
    }
    return listed == expected ? "" : "other subtrees";
  }

  const Case& case_;
  const Snapshot snapshot_;
  const AuditContext facts_;
  const ReferenceStore reference_;
  const ReferenceDaemon daemon_;
};

TEST_CASE("access to a path is what a daemon grants") {
  rc::prop("readers, writers, removers, controllers, creators, and their ways", [] {
    const Case made = some_case(false);
    const std::string wrong = Checked(made).wrong_path();
    if (!wrong.empty()) RC_FAIL(made.text() + ": " + wrong);
  });
}

TEST_CASE("the reach of a domain is every node outside its home to which a daemon grants access") {
  rc::prop("in subtrees with the same rights, the most dangerous first", [] {
    const Case made = some_case(*rc::gen::arbitrary<bool>());
    const std::string wrong = Checked(made).wrong_reach();
    if (!wrong.empty()) RC_FAIL(made.text() + ": " + wrong);
  });
}

TEST_CASE("a guest that creates many subtrees cannot make the list of its reach long") {
  Case made;
  made.nodes["/"] = *parse_permissions("n0");
  made.nodes["/top"] = *parse_permissions("n0");
  for (int i = 0; i < 700; ++i) {
    made.nodes["/top/" + std::to_string(i)] = *parse_permissions("n0");
    made.nodes["/top/" + std::to_string(i) + "/x"] = *parse_permissions("n0,r1");
  }
  made.nodes["/zzz"] = *parse_permissions("n0,b1");
  const Snapshot snapshot = made.snapshot();
  const AuditContext facts(built_in_schema(), snapshot);
  const AccessReport report = report_access(facts, {}, 1);
  CHECK(report.reach->subtrees.size() == DomainReach::kMaxSubtrees);
  CHECK(report.reach->left_out == 701 - DomainReach::kMaxSubtrees);
  CHECK(report.reach->nodes == 701);
  CHECK(report.reach->subtrees.front().path == "/zzz");
}

TEST_CASE(
    "a subtree is said to be beyond the schema only for rights that the schema does not give") {
  Case made;
  for (const char* path :
       {"/", "/local", "/local/domain", "/local/domain/0", "/local/domain/0/backend",
        "/local/domain/0/backend/vif", "/local/domain/0/backend/vif/1"}) {
    made.nodes[path] = *parse_permissions("n0");
  }
  made.nodes["/local/domain/1"] = *parse_permissions("n0,r1");
  made.nodes["/local/domain/0/backend/vif/1/0"] = *parse_permissions("n0,b1");
  made.nodes["/local/domain/0/backend/vif/1/0/frontend"] = *parse_permissions("n0,r1");
  const Snapshot snapshot = made.snapshot();
  const AuditContext facts(built_in_schema(), snapshot);
  const AccessReport report = report_access(facts, {}, 1);
  const auto find = [&](const std::string& path) {
    const auto& all = report.reach->subtrees;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const ReachedSubtree& one) { return one.path == path; });
    REQUIRE(found != all.end());
    return *found;
  };
  CHECK(find("/local/domain/0/backend/vif/1/0").beyond_schema == "domain 1 may write it");
  const ReachedSubtree link = find("/local/domain/0/backend/vif/1/0/frontend");
  CHECK(link.beyond_schema.empty());
  CHECK(link.rights.reads);
  CHECK(link.rights.removes);
  CHECK_FALSE(link.rights.decides);
  CHECK(link.through == "/local/domain/0/backend/vif/1/0");
}

}  // namespace
}  // namespace xsaudit
