// The identity of what dead domains have left in a store. A domid is given to another domain later,
// so a leftover is recognised by the host and by its content: the values of the nodes below it,
// such as addresses, disks and UUIDs. Refers to the context and the guests, which must outlive it;
// used by one thread, as Guests is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "audit/guests.h"
#include "rules/audit_context.h"

namespace xsaudit {

class Leftovers {
 public:
  Leftovers(const AuditContext& facts, Guests& guests) : facts_(facts), guests_(guests) {}

  // The path with each dead domain replaced by "<leftover HASH>". Nothing if the path names no dead
  // domain, if it names a domain that is neither dead nor surely identified, or if the node holds
  // nothing by which it could be recognised.
  std::optional<std::string> stable_path(std::string_view path);

 private:
  // A hash of the host and of the nodes at and below a path, by their names and values; empty if
  // all values are empty, one of them is unknown, or the nodes are too many.
  std::string content(std::string_view path) const;

  const AuditContext& facts_;
  Guests& guests_;
};

}  // namespace xsaudit
