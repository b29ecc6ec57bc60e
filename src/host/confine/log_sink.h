// The destination of log entries: the syslog daemon, the systemd journal, or a file. Opened before
// the program is confined, because entries are written afterwards. Owns its descriptor; used by one
// thread.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

class LogSink {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // Both daemons accept datagrams on a socket with a known name; a test has a socket of its own. If
  // a daemon does not read for this long, write() returns an error.
  static constexpr std::chrono::milliseconds kPatience{10'000};
  static Result<LogSink> syslog(std::chrono::sys_seconds now,
                                const std::string& socket = "/dev/log",
                                std::chrono::milliseconds patience = kPatience);
  static Result<LogSink> journal(const std::string& socket = "/run/systemd/journal/socket",
                                 std::chrono::milliseconds patience = kPatience);
  // Lines are appended. A symbolic link is an error, and so is a file that another user may have
  // created (file_place.h), or a FIFO without a reader.
  static Result<LogSink> file(const std::string& path, std::chrono::sys_seconds now);

  int descriptor() const { return descriptor_.get(); }

  // `line` is one line of text. The journal gets the fields as XSAUDIT_NAME instead of the line.
  // The priority is syslog(3)'s.
  Status write(int priority, const std::string& line, const Fields& fields) const;

 private:
  enum class Kind { syslog, journal, file };
  LogSink(Kind kind, std::string place, FileDescriptor descriptor, std::string head)
      : kind_(kind),
        place_(std::move(place)),
        descriptor_(std::move(descriptor)),
        head_(std::move(head)) {}
  static Result<LogSink> socket(Kind kind, const std::string& path, std::string head,
                                std::chrono::milliseconds patience);
  std::string datagram(int priority, const std::string& line, const Fields& fields) const;

  Kind kind_;
  std::string place_;
  FileDescriptor descriptor_;
  std::string head_;  // the beginning of each line
};

}  // namespace xsaudit
