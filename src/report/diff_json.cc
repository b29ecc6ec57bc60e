#include "base/escape.h"
#include "report/diff_report.h"
#include "report/json_members.h"

namespace xsaudit {
namespace {

Json node_json(const std::optional<DiffNode>& node) {
  if (!node) return nullptr;
  const bool known = node->value_unknown == UnknownReason::known;
  Json json = {
      {"path", escape(node->path)},
      {"value", known ? Json(escape(node->value)) : Json(nullptr)},
      {"permissions", node->permissions ? Json(to_text(*node->permissions)) : Json(nullptr)}};
  if (!known) json["value_unknown"] = to_text(node->value_unknown);
  return json;
}

Json guest_json(const std::optional<Guest>& guest) {
  if (!guest) return nullptr;
  return {{"domain", guest->domid},
          {"name", null_if_empty(guest->name)},
          {"uuid", null_if_empty(guest->uuid)}};
}

Json suspects_json(const std::optional<std::vector<AccessWay>>& suspects) {
  if (!suspects) return nullptr;
  Json array = Json::array();
  for (const AccessWay& way : *suspects) {
    array.push_back({{way.domains.everyone_else() ? "all_but" : "domains", way.domains.listed()},
                     {"through", null_if_empty(way.through)}});
  }
  return array;
}

const char* kind_name(NodeDifference::Kind kind) {
  switch (kind) {
    case NodeDifference::Kind::came: return "came";
    case NodeDifference::Kind::went: return "went";
    case NodeDifference::Kind::changed: break;
  }
  return "changed";
}

Json difference_json(const NodeDifference& difference) {
  return {{"kind", kind_name(difference.kind)},
          {"old", node_json(difference.before)},
          {"new", node_json(difference.after)},
          {"value", difference.value},
          {"owner", difference.owner},
          {"permissions", difference.permissions},
          {"nodes", difference.nodes},
          {"guest", guest_json(difference.guest)},
          {"device", null_if_empty(difference.device)},
          {"entry", null_if_empty(difference.entry)},
          {"suspects", suspects_json(difference.suspects)}};
}

Json findings_json(const std::vector<FindingDifference>& findings) {
  Json array = Json::array();
  for (const FindingDifference& one : findings) {
    array.push_back({{"rule", one.rule},
                     {"title", one.title},
                     {"severity", to_text(one.finding.severity)},
                     {"path", escape(one.finding.path)},
                     {"guest", guest_json(one.finding.guest)},
                     {"message", one.finding.message},
                     {"fingerprint", one.finding.fingerprint}});
  }
  return array;
}

Json guests_json(const std::vector<Guest>& guests) {
  Json array = Json::array();
  for (const Guest& guest : guests) array.push_back(guest_json(guest));
  return array;
}

}  // namespace

std::string write_diff_json(const StoreDiff& diff) {
  Json renumbered = Json::array();
  for (const GuestMatching::Renumbered& one : diff.renumbered) {
    Json guest = guest_json(one.guest);
    guest["new_domain"] = one.new_domid;
    renumbered.push_back(std::move(guest));
  }
  Json differences = Json::array();
  for (const NodeDifference& one : diff.differences) differences.push_back(difference_json(one));
  const Json json = {{"format", "xsaudit-diff/1"},
                     {"version", diff.version},
                     {"same", diff.same()},
                     {"old", json_of(diff.older)},
                     {"new", json_of(diff.newer)},
                     {"renumbered", std::move(renumbered)},
                     {"guests_came", guests_json(diff.came)},
                     {"guests_gone", guests_json(diff.gone)},
                     {"findings_came", findings_json(diff.findings_came)},
                     {"findings_gone", findings_json(diff.findings_gone)},
                     {"differences", std::move(differences)},
                     {"left_out", diff.left_out},
                     {"volatile", diff.volatile_nodes},
                     {"not_compared", diff.not_compared}};
  return text_of(json, 2) + "\n";
}

}  // namespace xsaudit
