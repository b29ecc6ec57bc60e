#include "base/escape.h"
#include "report/access_answers.h"
#include "report/json_members.h"

namespace xsaudit {
namespace {

Json domains(const DomainSet& domains) {
  return {{domains.everyone_else() ? "all_but" : "domains", domains.listed()}};
}

Json ways(const std::vector<AccessWay>& ways) {
  Json array = Json::array();
  for (const AccessWay& way : ways) {
    Json json = domains(way.domains);
    json["through"] = null_if_empty(way.through);
    array.push_back(std::move(json));
  }
  return array;
}

Json permissions(const std::optional<Permissions>& permissions) {
  return permissions ? Json(to_text(*permissions)) : Json(nullptr);
}

Json json_of(const std::optional<DescribedPath>& schema) {
  if (!schema) return nullptr;
  return {{"entry", schema->entry},
          {"description", schema->description},
          {"permissions", schema->permissions},
          {"difference", null_if_empty(schema->difference)}};
}

Json json_of(const PathAccess& path) {
  Json json = {{"path", escape(path.path)},
               {"presence", to_text(path.presence)},
               {"nearest", escape(path.nearest)},
               {"permissions", permissions(path.permissions)},
               {"schema", json_of(path.schema)}};
  if (path.presence == Presence::unknown) json["presence_unknown"] = to_text(path.presence_unknown);
  if (!path.permissions) {
    json["permissions_unknown"] = to_text(path.permissions_unknown);
    return json;
  }
  if (path.presence == Presence::present) {
    json["readers"] = domains(path.readers);
    json["writers"] = domains(path.writers);
    json["removers"] = ways(path.removers);
    json["controllers"] = ways(path.controllers);
  } else {
    json["creators"] = ways(path.controllers);
  }
  if (!path.unknown_above.empty()) {
    json["unknown_above"] = {{"path", escape(path.unknown_above)},
                             {"reason", to_text(path.unknown_above_reason)}};
  }
  return json;
}

Json json_of(const ReachedSubtree& subtree) {
  const Rights& rights = subtree.rights;
  return {{"path", escape(subtree.path)},
          {"siblings", subtree.siblings},
          {"nodes", subtree.nodes},
          {"decides", rights.decides},
          {"writes", rights.writes},
          {"owns", rights.owns},
          {"removes", rights.removes},
          {"reads", rights.reads},
          {"through", null_if_empty(subtree.through)},
          {"permissions", permissions(subtree.permissions)},
          {"entry", null_if_empty(subtree.entry)},
          {"beyond_schema", null_if_empty(subtree.beyond_schema)}};
}

Json json_of(const std::optional<DomainReach>& reach) {
  if (!reach) return nullptr;
  Json subtrees = Json::array();
  for (const ReachedSubtree& subtree : reach->subtrees) subtrees.push_back(json_of(subtree));
  return {{"domain", reach->guest.domid},
          {"name", null_if_empty(reach->guest.name)},
          {"uuid", null_if_empty(reach->guest.uuid)},
          {"home", escape(reach->home)},
          {"privileged", reach->privileged},
          {"nodes", reach->nodes},
          {"unknown", reach->unknown},
          {"first_unknown", null_if_empty(reach->first_unknown)},
          {"subtrees", std::move(subtrees)},
          {"left_out", reach->left_out}};
}

}  // namespace

std::string write_access_json(const AccessReport& report) {
  Json stubs = Json::array();
  for (const auto& [stub, target] : report.stub_domains) {
    stubs.push_back({{"domain", stub}, {"target", target}});
  }
  Json paths = Json::array();
  for (const PathAccess& path : report.paths) paths.push_back(json_of(path));
  const Json json = {
      {"format", "xsaudit-access/1"},
      {"version", report.version},
      {"source",
       {{"name", escape(report.info.name)},
        {"kind", report.info.kind},
        {"nodes", report.nodes},
        {"complete", report.info.complete()},
        {"root_permissions_unknown", report.root_unknown == UnknownReason::known
                                         ? Json(nullptr)
                                         : Json(to_text(report.root_unknown))}}},
      {"privileged", report.privileged},
      {"stub_domains", std::move(stubs)},
      {"known", report.known()},
      {"paths", std::move(paths)},
      {"reach", json_of(report.reach)},
  };
  return text_of(json, 2) + "\n";
}

}  // namespace xsaudit
