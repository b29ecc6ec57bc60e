// The identities of the domains of one store, and the domain that a path is about. A domid is valid
// only until the guest restarts; data that must be recognised later are kept under the guest's UUID
// if the store has one. Schema, snapshot and access must outlive this object. It caches its
// results, so it is used by one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/finding.h"
#include "schema/schema.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

class Guests {
 public:
  // Without `access` no name and no UUID is reliable.
  Guests(const Schema& schema, const Snapshot& snapshot, const Access* access = nullptr);

  const Guest& guest(Domid domid);

  // The domain that a path is about: the guest of the device that it belongs to, else the domain in
  // whose home it lies, else the first domain that it names.
  std::optional<Domid> subject(std::string_view path) const;

  // Whether a domain other than the guest, and not privileged, controls the node: the path lies in
  // that domain's home, as a backend does, or the node belongs to that domain.
  bool belongs_to_another(std::string_view path, Domid guest) const;

  // The path with each domid that it names replaced by "<UUID>" or, if none is known, by "<domain
  // N>". It does not change when the guests' domids do. Escaped.
  std::string stable_path(std::string_view path);

  // The same with reliable UUIDs only: a guest whose UUID it could have written itself is named by
  // its domid.
  std::string sure_path(std::string_view path);

  // The path with each domid that it names replaced by "<NAME>". Escaped.
  std::string renamed(std::string_view path, const std::function<std::string(Domid)>& name) const;
  // The name in stable_path(): the UUID, or "domain N".
  std::string stable_name(Domid domid);
  // The domains that a path names.
  std::vector<Domid> domains_of(std::string_view path) const;

  // A pattern for the path that holds for the guest under any domid: "~/data" for its home.
  std::string pattern_of(std::string_view path, Domid guest) const;

  // Whether stable_path() identifies all domains: each is domain 0 or has a reliable UUID.
  bool identified(std::string_view path);

  struct NamedDomain {
    std::size_t offset;  // within the path
    std::size_t length;
    Domid domid;
  };
  // The domids in a path, in order, according to the schema's entry for it or for an ancestor.
  std::vector<NamedDomain> named_domains(std::string_view path) const;

 private:
  // Whether no unprivileged domain could have written the node's value.
  bool sure(NodeId node) const;

  const Schema& schema_;
  const Snapshot& snapshot_;
  const Access* access_;
  std::size_t deepest_entry_ = 0;  // components of the longest pattern of the schema
  std::map<Domid, Guest> guests_;
};

}  // namespace xsaudit
