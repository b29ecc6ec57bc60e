// What the log of the daemon proves about the wrong node of a finding: who made it as it is, when,
// and by which steps; or that the log and the store disagree, or that the log does not contain the
// change. Nothing is guessed. Refers to the context and the guests, which must outlive it; used by
// one thread, as Guests is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "audit/guests.h"
#include "rules/audit_context.h"

namespace xsaudit {

class LogProver {
 public:
  LogProver(const AuditContext& facts, Guests& guests) : facts_(facts), guests_(guests) {}

  // Nothing if no log was given, or if the wrong node is not known.
  std::optional<LoggedCause> of(const Cause& cause);

 private:
  using Events = std::vector<const LogEvent*>;

  Events events_of(const std::string& path) const;
  LoggedCause value_of(const std::string& path, NodeId node, const Events& events);
  LoggedCause creation_of(const std::string& path, const Events& events);
  LoggedCause permissions_of(const std::string& path, NodeId node, const Events& events);
  LoggedCause absence_of(const std::string& path, const Events& events);

  // A statement with the event that decides, and the steps of its client before it.
  LoggedCause decided(LoggedCause::Status status, std::string text, const Events& events,
                      const LogEvent& event, const std::string& path);
  LoggedCause missing(const char* what) const;
  // Whether the permissions in the store let the client of the event write the node.
  bool may_write(const LogEvent& event, NodeId node) const;
  LoggedChange change(const LogEvent& event) const;
  // "domain 3 "web"", "an earlier domain 3, which has ended"
  std::string client(const LogEvent& event);

  const AuditContext& facts_;
  Guests& guests_;
};

}  // namespace xsaudit
