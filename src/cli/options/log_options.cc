#include "cli/options/log_options.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/calendar.h"
#include "base/escape.h"
#include "cli/command_line.h"
#include "source/log/log_reader.h"

namespace xsaudit {

Option* LogOptions::add_to(CommandLine& app, const char* names, const char* help) {
  return app.add_option(names, names_, help)->type_name("FILE");
}

Status LogOptions::open() {
  for (const std::string& name : names_) {
    FileDescriptor file(::open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!file.is_open()) {
      return Error{escape(name), std::string("cannot open it: ") + std::strerror(errno), {}};
    }
    files_.push_back(std::move(file));
  }
  return ok();
}

std::vector<int> LogOptions::descriptors() const {
  std::vector<int> numbers;
  for (const FileDescriptor& file : files_) numbers.push_back(file.get());
  return numbers;
}

Result<AccessLog> LogOptions::read() {
  std::vector<LogSource> sources;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    LogSource source{names_[i], std::make_unique<FileBytes>(files_[i].get()), std::nullopt};
    struct stat status {};
    if (::fstat(files_[i].get(), &status) == 0 && S_ISREG(status.st_mode)) {
      source.modified = status.st_mtim.tv_sec;
    }
    sources.push_back(std::move(source));
  }
  XSAUDIT_ASSIGN(const auto now, current_time());
  return read_log(std::move(sources), now.time_since_epoch().count());
}

}  // namespace xsaudit
