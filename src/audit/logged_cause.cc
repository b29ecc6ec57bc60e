#include "audit/logged_cause.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "store/path.h"

namespace xsaudit {
namespace {

using Proof = LoggedCause::Status;

// The steps before the deciding one that a report shows.
constexpr std::size_t kMostSteps = 6;

// oxenstored logs a zero byte as a blank (logging.ml sanitize_data).
std::string as_logged(std::string_view value) {
  std::string text(value);
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

// "n0,r3", as the permissions of a node are written, for "n0 r3".
std::string listed(std::string text) {
  std::replace(text.begin(), text.end(), ' ', ',');
  return text;
}

bool agrees(const LogEvent& event, const std::string& logged, const std::string& stored) {
  return event.value_cut ? stored.starts_with(logged) : stored == logged;
}

bool removes(const LogEvent& event) { return event.operation == LogOperation::remove; }

// Whether the event creates the node if it is not there.
bool creates(const LogEvent& event, std::string_view path) {
  return (event.operation == LogOperation::write || event.operation == LogOperation::mkdir) &&
         event.path.size() >= path.size();
}

// The events after the last removal; `removal` is set to that removal, or to null.
std::vector<const LogEvent*> present_life(const std::vector<const LogEvent*>& events,
                                          const LogEvent*& removal) {
  auto first = events.begin();
  removal = nullptr;
  for (auto event = events.begin(); event != events.end(); ++event) {
    if (!removes(**event) || !(*event)->took_effect()) continue;
    removal = *event;
    first = std::next(event);
  }
  return {first, events.end()};
}

Proof status_of(const LogEvent& event) {
  return event.took_effect() ? Proof::proven : Proof::supported;
}

std::string at(const LogEvent& event) { return " at " + time_text(event); }

// What follows a statement about an event whose effect is unknown.
std::string caveat(const LogEvent& event) {
  return event.took_effect() ? "" : ", in a transaction whose commit the log does not contain";
}

// Nothing in a log in which guests can forge lines is proof.
Proof in_log(const AccessLog& log, Proof status) {
  return log.forgeable() ? Proof::forgeable : status;
}

}  // namespace

// Changes after the store was recorded are not in it.
LogProver::Events LogProver::events_of(const std::string& path) const {
  Events events = facts_.log->concerning(path);
  const auto recorded = facts_.snapshot.info().time;
  const bool comparable = recorded && facts_.log->in_utc();
  std::erase_if(events, [&](const LogEvent* event) {
    if (comparable && event->time > (*recorded + 1) * 1000) return true;
    return !event->may_have_taken_effect();
  });
  return events;
}

LoggedChange LogProver::change(const LogEvent& event) const {
  LoggedChange change;
  change.time = time_text(event);
  change.by = to_text(event.by);
  change.domid = event.by.domid();
  change.operation = event.operation;
  change.path = event.path;
  change.truncated = event.path_cut || event.value_cut;
  change.outcome = event.outcome;
  change.place = facts_.log->place(event);
  change.value = event.value;
  const NodeId node = valid_path(event.path) ? facts_.snapshot.find(event.path) : kNoNode;
  change.secret =
      !facts_.options.show_secrets && event.operation == LogOperation::write &&
      (facts_.schema.secret(event.path, event.value) || (node != kNoNode && facts_.secret(node)));
  if (change.secret) change.value.clear();
  return change;
}

std::string LogProver::client(const LogEvent& event) {
  const auto domid = event.by.domid();
  if (!domid || *domid == 0) return to_text(event.by);
  for (const LogEvent* const later :
       facts_.log->concerning("/local/domain/" + std::to_string(*domid))) {
    if (later->operation == LogOperation::ended && later->by == event.by && later > &event) {
      return "an earlier domain " + std::to_string(*domid) + ", which has ended,";
    }
  }
  const Guest& guest = guests_.guest(*domid);
  std::string text = "domain " + std::to_string(*domid);
  return guest.name.empty() ? text : text + " " + double_quoted(guest.name);
}

LoggedCause LogProver::missing(const char* what) const {
  LoggedCause cause;
  cause.status = in_log(*facts_.log, Proof::missing);
  cause.text = std::string("the log contains no ") + what;
  if (!facts_.log->empty()) cause.text += "; it begins at " + facts_.log->begins_text();
  return cause;
}

LoggedCause LogProver::decided(Proof status, std::string text, const Events& events,
                               const LogEvent& event, const std::string& path) {
  LoggedCause cause;
  cause.status = in_log(*facts_.log, status);
  cause.text = std::move(text);
  Events steps;
  for (const LogEvent* const step : events) {
    if (step > &event) break;
    const bool above = step->path.size() < path.size();
    // What the toolstack does to directories above the node is not about the node.
    if (above && !removes(*step) && !step->by.unprivileged()) continue;
    if (step != &event && step->path.size() > path.size()) continue;
    if (step->operation != LogOperation::ended) steps.push_back(step);
  }
  if (steps.size() > kMostSteps) steps.erase(steps.begin(), steps.end() - kMostSteps);
  for (const LogEvent* const step : steps) cause.changes.push_back(change(*step));
  return cause;
}

// The daemon logs an error without the number of its request, so a guest that takes no replies for
// a while can have the error of one request logged after another.
bool LogProver::may_write(const LogEvent& event, NodeId node) const {
  if (!event.by.unprivileged()) return true;
  const std::optional<Domid> domid = event.by.domid();
  const DomainSet* const controllers = facts_.access.controllers(node);
  return !domid || controllers == nullptr || facts_.access.privileged(*domid) ||
         controllers->contains(*domid);
}

LoggedCause LogProver::value_of(const std::string& path, NodeId node, const Events& events) {
  const LogEvent* removal = nullptr;
  const Events life = present_life(events, removal);
  const bool known = facts_.snapshot.value_unknown(node) == UnknownReason::known;
  const std::string stored = as_logged(facts_.snapshot.value(node));
  for (auto event = life.rbegin(); event != life.rend(); ++event) {
    const LogEvent& one = **event;
    if (one.path_cut) return missing("complete line of the last change");
    if (one.operation != LogOperation::write || one.path != path) continue;
    const std::string by = client(one);
    if (!known) {
      return decided(Proof::supported,
                     by + " last wrote the node" + at(one) + "; the value in the store is unknown",
                     events, one, path);
    }
    if (agrees(one, one.value, stored)) {
      if (!may_write(one, node)) {
        return decided(Proof::contradicted,
                       "log and store disagree: by the log, " + by + " wrote this value" + at(one) +
                           ", and the permissions do not let it",
                       events, one, path);
      }
      return decided(status_of(one), by + " wrote this value" + at(one) + caveat(one), events, one,
                     path);
    }
    // A write of a transaction that may not have been committed.
    if (!one.took_effect()) continue;
    return decided(
        Proof::contradicted,
        "log and store disagree: by the log, " + by + " last wrote another value" + at(one), events,
        one, path);
  }
  if (!known || !stored.empty()) {
    if (removal == nullptr) return missing("write of the node");
    return decided(Proof::contradicted,
                   "log and store disagree: by the log, " + client(*removal) + " removed the node" +
                       at(*removal) + ", and nothing wrote it again",
                   events, *removal, path);
  }
  return creation_of(path, events);
}

// Of a node that nothing wrote: the request that created it, empty.
LoggedCause LogProver::creation_of(const std::string& path, const Events& events) {
  const LogEvent* removal = nullptr;
  const Events life = present_life(events, removal);
  const auto first = std::find_if(life.begin(), life.end(), [&](const LogEvent* event) {
    return creates(*event, path) && !event->path_cut;
  });
  // Without a removal the node may have been there before the log began.
  if (removal == nullptr) return missing("creation of the node");
  if (first == life.end()) {
    return decided(Proof::contradicted,
                   "log and store disagree: by the log, " + client(*removal) + " removed the node" +
                       at(*removal),
                   events, *removal, path);
  }
  return decided(status_of(**first),
                 client(**first) + " created the node" + at(**first) + caveat(**first), events,
                 **first, path);
}

LoggedCause LogProver::permissions_of(const std::string& path, NodeId node, const Events& events) {
  const LogEvent* removal = nullptr;
  const Events life = present_life(events, removal);
  const Permissions* const permissions = facts_.snapshot.permissions(node);
  for (auto event = life.rbegin(); event != life.rend(); ++event) {
    const LogEvent& one = **event;
    if (one.path_cut) return missing("complete line of the last change");
    if (one.operation != LogOperation::set_permissions || one.path != path) continue;
    const std::string by = client(one);
    if (permissions != nullptr && agrees(one, listed(one.value), to_text(*permissions))) {
      return decided(status_of(one), by + " set these permissions" + at(one) + caveat(one), events,
                     one, path);
    }
    if (!one.took_effect()) continue;
    return decided(
        Proof::contradicted,
        "log and store disagree: by the log, " + by + " last set other permissions" + at(one),
        events, one, path);
  }
  if (removal == nullptr) return missing("setting of the permissions");
  // A new node has the permissions of its parent, and its creator's domain owns it.
  return creation_of(path, events);
}

LoggedCause LogProver::absence_of(const std::string& path, const Events& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const LogEvent& one = **event;
    if (one.path_cut) return missing("complete line of the last change");
    if (removes(one)) {
      const std::string what =
          one.path == path ? " removed the node"
                           : " removed " + escape_shortened(one.path) + ", and the node with it,";
      return decided(status_of(one), client(one) + what + at(one) + caveat(one), events, one, path);
    }
    if (one.operation == LogOperation::ended) {
      return decided(Proof::supported, to_text(one.by) + " ended" + at(one), events, one, path);
    }
    if (!creates(one, path) || !one.took_effect()) continue;
    return decided(Proof::contradicted,
                   "log and store disagree: by the log, " + client(one) + " created the node" +
                       at(one) + ", and nothing removed it",
                   events, one, path);
  }
  return missing("removal of the node");
}

std::optional<LoggedCause> LogProver::of(const Cause& cause) {
  if (facts_.log == nullptr || !valid_path(cause.path)) return std::nullopt;
  const Events events = events_of(cause.path);
  if (cause.part == Cause::Part::presence) return absence_of(cause.path, events);
  const NodeId node = facts_.snapshot.find(cause.path);
  if (node == kNoNode) return std::nullopt;
  return cause.part == Cause::Part::permissions ? permissions_of(cause.path, node, events)
                                                : value_of(cause.path, node, events);
}

}  // namespace xsaudit
