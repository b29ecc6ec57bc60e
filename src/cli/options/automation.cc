#include "cli/options/automation.h"

#include <unistd.h>

#include <cstdlib>

#include "base/calendar.h"
#include "base/error.h"
#include "cli/command_line.h"
#include "report/log_entries.h"

namespace xsaudit {
namespace {

constexpr const char* kAutomationGroup = "Automation";

// With these environment variables libxenstore (xen.git tools/libs/store) connects to another store
// than the host's.
bool store_is_the_hosts() {
  return std::getenv("XENSTORED_PATH") == nullptr && std::getenv("XENSTORED_RUNDIR") == nullptr;
}

Result<LogSink> open_log(const std::string& where) {
  XSAUDIT_ASSIGN(const auto now, current_time());
  if (where == "journal") return LogSink::journal();
  return where == "syslog" ? LogSink::syslog(now) : LogSink::file(where, now);
}

Status write(const LogSink& sink, const LogEntry& entry) {
  return sink.write(static_cast<int>(entry.priority), log_text(entry), entry.fields);
}

}  // namespace

void Automation::add_to(CommandLine& app) {
  app.add_option("--log", log_path_,
                 "log one line per counted finding and one for the audit to\n"
                 "\"syslog\", \"journal\" or a file")
      ->type_name("WHERE")
      ->group(kAutomationGroup);
  app.add_option("--lock", lock_path_,
                 "lock FILE; while it is locked, another run exits with 2.\n"
                 "Default: /run/xsaudit/lock if root audits the live store,\n"
                 "otherwise no lock; \"none\" disables the lock")
      ->type_name("FILE")
      ->group(kAutomationGroup);
}

Status Automation::begin(bool live) {
  if (!log_path_.empty()) {
    XSAUDIT_ASSIGN(auto log, open_log(log_path_));
    log_.emplace(std::move(log));
  }
  if (lock_path_ == "none") return ok();
  const bool of_host = lock_path_.empty();
  if (of_host && !(live && ::geteuid() == 0 && store_is_the_hosts())) return ok();
  auto lock = of_host ? LockFile::take_of_host() : LockFile::take(lock_path_);
  if (lock) {
    lock_.emplace(*std::move(lock));
    return ok();
  }
  if (log_) {
    const LogEntry entry{LogPriority::error,
                         {{"event", "not-audited"}, {"message", lock.error().text()}}};
    XSAUDIT_TRY(write(*log_, entry));
  }
  return lock.error();
}

std::vector<int> Automation::descriptors() const {
  std::vector<int> open;
  if (lock_) open.push_back(lock_->descriptor());
  if (log_) open.push_back(log_->descriptor());
  return open;
}

Status Automation::log(const AuditResult& result, int status) const {
  if (!log_) return ok();
  for (const LogEntry& entry : log_entries(result, status)) {
    XSAUDIT_TRY(write(*log_, entry));
  }
  return ok();
}

}  // namespace xsaudit
