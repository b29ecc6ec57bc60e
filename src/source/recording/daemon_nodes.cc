#include "source/recording/daemon_nodes.h"

#include <utility>

#include "base/escape.h"
#include "store/path.h"

namespace xsaudit {

NodeId DaemonNodes::add(std::string_view path, const std::string& place) {
  std::string whole;
  if (path.starts_with('@')) {
    whole = "/" + std::string(path);
    path = whole;
  }
  if (const std::string problem = path_problem(path); !problem.empty()) {
    info_.add_gap(place, "'" + escape_shortened(path) + "' cannot be a node: " + problem);
    mark_hole();
    return kNoNode;
  }
  const NodeId node = builder_.at(path);
  if (!builder_.described(node)) return node;
  info_.add_gap(place,
                escape_shortened(path) + " was described before; the first description is kept");
  return kNoNode;
}

Snapshot DaemonNodes::finish(std::string name, const std::vector<std::string>& always) && {
  for (const std::string& path : always) {
    if (builder_.find(path) != kNoNode) continue;
    info_.add_gap(escape_shortened(name),
                  "it has no " + path + ", which every store has: this is a part of a store");
    mark_hole();
    break;
  }
  for (NodeId node = kRootNode; node < builder_.size(); ++node) {
    if (builder_.described(node)) continue;
    info_.add_gap(escape_shortened(builder_.rows().path(node)),
                  "the dump has nodes below it, but not the node itself");
    mark_hole();
  }
  info_.name = std::move(name);
  info_.has_permissions = true;
  info_.consistency = Consistency::one_moment;
  const bool whole = info_.coverage == Coverage::whole;
  return std::move(builder_).finish(std::move(info_),
                                    whole ? UnknownReason::known : UnknownReason::not_recorded);
}

}  // namespace xsaudit
