#include "source/introduced.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace xsaudit {
namespace {

// kFirstReservedDomid where the name is no domid as the toolstack writes one.
Domid domid_named(std::string_view name) {
  constexpr std::size_t kMostDigits = 5;
  Domid domid = 0;
  const char* const end = name.data() + name.size();
  if (name.size() > kMostDigits || (name.size() > 1 && name.front() == '0')) {
    return kFirstReservedDomid;
  }
  const auto parsed = std::from_chars(name.data(), end, domid);
  return parsed.ec == std::errc() && parsed.ptr == end ? domid : kFirstReservedDomid;
}

}  // namespace

std::vector<Domid> mentioned_domains(const Snapshot& store) {
  std::vector<bool> mentioned(kFirstReservedDomid, false);
  const auto mention = [&](Domid domid) {
    if (can_exist(domid)) mentioned[static_cast<std::size_t>(domid)] = true;
  };
  for (NodeId node = 1; node < store.size(); ++node) mention(domid_named(store.name(node)));
  for (PermissionsId id = 0; id < store.permission_lists(); ++id) {
    for (const PermissionEntry& entry : store.permissions_of(id)) mention(entry.domid);
  }
  std::vector<Domid> domains;
  for (Domid domid = 0; domid < kFirstReservedDomid; ++domid) {
    if (mentioned[static_cast<std::size_t>(domid)]) domains.push_back(domid);
  }
  return domains;
}

void learn_introduced(StoreReader& reader, const std::vector<Domid>& candidates,
                      SnapshotInfo& info) {
  info.introduced.reset();
  std::vector<Domid> introduced;
  StoreReply reply;
  bool failed = false;
  std::size_t sent = 0;
  for (std::size_t taken = 0; taken < candidates.size(); ++taken) {
    for (; !failed && sent < candidates.size() && sent - taken < reader.window(); ++sent) {
      reader.send({.kind = StoreRequest::Kind::introduced,
                   .path = {},
                   .domid = candidates[sent],
                   .tag = sent});
    }
    if (sent == taken) break;
    reader.receive(reply);
    if (reply.outcome == StoreReply::Outcome::ok) {
      if (reply.introduced) introduced.push_back(candidates[reply.tag]);
    } else if (!failed) {
      failed = true;
      info.add_gap("live store", "whether domain " + std::to_string(candidates[reply.tag]) +
                                     " is introduced: " + to_text(reply));
    }
  }
  if (failed) return;
  std::sort(introduced.begin(), introduced.end());
  info.introduced = std::move(introduced);
}

}  // namespace xsaudit
