#include "audit/leftovers.h"

#include <algorithm>
#include <vector>

#include "audit/fingerprint.h"
#include "base/escape.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxNodes = 10'000;

}  // namespace

std::string Leftovers::content(std::string_view path) const {
  const Snapshot& snapshot = facts_.snapshot;
  const NodeId top = snapshot.find(path);
  if (top == kNoNode || snapshot.subtree_end(top) - top > kMaxNodes) return {};
  // The order of children differs between daemons.
  std::vector<std::string> lines;
  bool holds_something = false;
  for (NodeId node = top; node < snapshot.subtree_end(top); ++node) {
    if (snapshot.value_unknown(node) != UnknownReason::known) return {};
    const std::string_view value = snapshot.value(node);
    holds_something = holds_something || !value.empty();
    lines.push_back(escape(snapshot.path(node)) + "=" + escape(value));
  }
  if (!holds_something) return {};
  std::sort(lines.begin(), lines.end());
  std::string all = escape(snapshot.info().host) + "\n";
  for (const std::string& line : lines) all += line + "\n";
  return short_hash(all);
}

std::optional<std::string> Leftovers::stable_path(std::string_view path) {
  bool any_dead = false;
  for (const Domid domid : guests_.domains_of(path)) {
    if (domid == 0 || guests_.guest(domid).uuid_sure) continue;
    if (facts_.liveness.state(domid) != Liveness::State::dead) return std::nullopt;
    any_dead = true;
  }
  if (!any_dead) return std::nullopt;
  const std::string hash = content(path);
  if (hash.empty()) return std::nullopt;
  return guests_.renamed(path, [&](Domid domid) {
    const bool dead = domid != 0 && !guests_.guest(domid).uuid_sure;
    return dead ? "leftover " + hash : guests_.stable_name(domid);
  });
}

}  // namespace xsaudit
