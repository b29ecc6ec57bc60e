#include "host/confine/log_sink.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/system_io.h"
#include "base/wording.h"
#include "host/confine/file_place.h"

namespace xsaudit {
namespace {

constexpr int kFacilityDaemon = 3;  // syslog(3) LOG_DAEMON
constexpr const char* kProgram = "xsaudit";

std::string formatted(const char* format, const std::tm& when) {
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &when)};
}

Result<FileDescriptor> open_log_file(const std::string& path) {
  XSAUDIT_ASSIGN(const auto place, FilePlace::find(path, FilePlace::LastLink::refuse));
  if (!place.exists()) {
    FileDescriptor made = place.create(O_WRONLY | O_APPEND, 0640);
    if (!made.is_open()) return system_error(path, "cannot be opened", errno);
    return made;
  }
  if (!place.suspicion().empty()) {
    return Error{escape(path), place.suspicion(),
                 "nothing is added to a file that another user may have made"};
  }
  return place.open(O_WRONLY | O_APPEND, path);
}

}  // namespace

Result<LogSink> LogSink::socket(Kind kind, const std::string& path, std::string head,
                                std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return system_error(path, "cannot be connected to", ENAMETOOLONG);
  }
  path.copy(address.sun_path, path.size());
  FileDescriptor made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!made.is_open()) return system_error(path, "cannot be connected to", errno);
  const int descriptor = made.get();
  LogSink sink(kind, path, std::move(made), std::move(head));
  // If a daemon has stopped reading, write() then returns an error and the audit goes on.
  const timeval most{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
  if (::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) != 0) {
    return system_error(path, "cannot be connected to", errno);
  }
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return system_error(path, "cannot be connected to", errno);
  }
  return sink;
}

Result<LogSink> LogSink::syslog(std::chrono::sys_seconds now, const std::string& path,
                                std::chrono::milliseconds patience) {
  // RFC 3164: local time without a year. The file of the time zone must have been read before the
  // confinement.
  const std::time_t seconds = now.time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return socket(
      Kind::syslog, path,
      formatted("%b %e %H:%M:%S ", local) + kProgram + "[" + std::to_string(::getpid()) + "]: ",
      patience);
}

Result<LogSink> LogSink::journal(const std::string& path, std::chrono::milliseconds patience) {
  return socket(Kind::journal, path, {}, patience);
}

Result<LogSink> LogSink::file(const std::string& path, std::chrono::sys_seconds now) {
  XSAUDIT_ASSIGN(auto descriptor, open_log_file(path));
  return LogSink(Kind::file, path, std::move(descriptor),
                 "time=" + utc_text(now.time_since_epoch().count()) + " ");
}

// systemd.io/JOURNAL_NATIVE_PROTOCOL: NAME=value, a line each. No value holds a newline.
std::string LogSink::datagram(int priority, const std::string& line, const Fields& fields) const {
  switch (kind_) {
    case Kind::syslog:
      return '<' + std::to_string(kFacilityDaemon * 8 + priority) + '>' + head_ + line;
    case Kind::file: return head_ + line + "\n";
    case Kind::journal: break;
  }
  std::string text = "PRIORITY=" + std::to_string(priority) + "\nSYSLOG_IDENTIFIER=" + kProgram +
                     "\nSYSLOG_FACILITY=" + std::to_string(kFacilityDaemon) + "\nMESSAGE=" + line +
                     "\n";
  for (const auto& [name, value] : fields) {
    if (name == "message" || value.find('\n') != value.npos) continue;
    text += "XSAUDIT_" + upper(name) + "=" + value + "\n";
  }
  return text;
}

Status LogSink::write(int priority, const std::string& line, const Fields& fields) const {
  const std::string whole = datagram(priority, line, fields);
  if (!write_whole(descriptor(), whole)) return system_error(place_, "cannot be written", errno);
  return ok();
}

}  // namespace xsaudit
