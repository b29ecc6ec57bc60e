#include "source/log/log_event.h"

#include "base/calendar.h"

namespace xsaudit {

const char* to_text(LogForm form) {
  switch (form) {
    case LogForm::access_log: return "access log of oxenstored";
    case LogForm::syslog: return "access log of oxenstored in syslog";
    case LogForm::trace: break;
  }
  return "trace of C xenstored";
}

std::string to_text(const LogConnection& connection) {
  switch (connection.kind) {
    case LogConnection::Kind::domain:
      return "domain " + std::to_string(connection.number) +
             (connection.number == 0 ? " (kernel)" : "");
    case LogConnection::Kind::process:
      return "process A" + std::to_string(connection.number) + " of domain 0";
    case LogConnection::Kind::control: return "the daemon";
    case LogConnection::Kind::unknown: break;
  }
  return "connection " + std::to_string(connection.number);
}

const char* to_text(LogOperation operation) {
  switch (operation) {
    case LogOperation::write: return "write";
    case LogOperation::mkdir: return "mkdir";
    case LogOperation::remove: return "rm";
    case LogOperation::set_permissions: return "setperms";
    case LogOperation::ended: break;
  }
  return "ended";
}

const char* to_text(LogOutcome outcome) {
  switch (outcome) {
    case LogOutcome::done: return "done";
    case LogOutcome::refused: return "refused";
    case LogOutcome::not_committed: return "not committed";
    case LogOutcome::conflicted: return "conflict";
    case LogOutcome::unknown: break;
  }
  return "unknown";
}

std::string time_text(std::int64_t time, LogForm form) {
  std::string text = utc_text(time / 1000);
  if (text.empty()) return "unknown time";
  text.pop_back();
  if (form != LogForm::access_log) return text;
  const std::string digits = std::to_string(1000 + time % 1000);
  return text + '.' + digits.substr(1) + 'Z';
}

std::string time_text(const LogEvent& event) { return time_text(event.time, event.form); }

}  // namespace xsaudit
