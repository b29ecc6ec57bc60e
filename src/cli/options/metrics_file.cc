#include "cli/options/metrics_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/escape.h"
#include "base/system_io.h"
#include "cli/command_line.h"
#include "host/confine/confinement.h"
#include "host/confine/file_place.h"

namespace xsaudit {
namespace {

// It is not put on the disk at once: after a crash of the host its numbers are old anyway.
Result<std::string> replace(const FilePlace& place, const std::string& text) {
  std::string temporary;
  const FileDescriptor file = place.create_temporary(temporary);
  if (!file.is_open()) return system_error("", "cannot be made", errno);
  if (::fchmod(file.get(), place.mode_of_replacement()) == 0 && write_whole(file.get(), text) &&
      ::renameat(place.directory(), temporary.c_str(), place.directory(), place.name().c_str()) ==
          0) {
    return std::string();
  }
  const int error = errno;
  ::unlinkat(place.directory(), temporary.c_str(), 0);
  return system_error("", "cannot be written", error);
}

}  // namespace

void MetricsFile::add_to(CommandLine& app) {
  app.add_option("--prometheus", path_,
                 "write metrics for the textfile collector of Prometheus' node exporter to\n"
                 "FILE: each minute, and at most once a second when they change")
      ->type_name("FILE");
}

Status MetricsFile::open() {
  if (path_.empty()) return ok();
  XSAUDIT_ASSIGN(auto found, FilePlace::find(path_));
  if (found.exists() && (found.is_open_descriptor() || !found.is_regular())) {
    return Error{escape_shortened(path_), "is not a regular file", "it is replaced by a new one"};
  }
  const auto place = std::make_shared<FilePlace>(std::move(found));
  // The process ends with the program, but not in the middle of a file; keys on the terminal end
  // the program only.
  XSAUDIT_ASSIGN(writer_, HelperProcess::start(
                              escape_shortened(path_), std::chrono::seconds(0),
                              [place](int from, int to) -> HelperProcess::Answer {
                                sigset_t all{};
                                ::sigfillset(&all);
                                ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
                                std::vector<int> keep = {from, to, place->directory()};
                                std::sort(keep.begin(), keep.end());
                                close_descriptors_but(keep);
                                return [place](const std::string& text) {
                                  return replace(*place, text);
                                };
                              },
                              ChildProcess::End::at_end_of_input));
  return ok();
}

std::vector<int> MetricsFile::descriptors() const {
  return writer_ ? writer_->descriptors() : std::vector<int>();
}

void MetricsFile::add(const StoreWatch::Report& report, const StoreWatch& watch) {
  counts_.passed.resize(watch.rules().size());
  counts_.not_judged += report.not_judged;
  for (const FindingEvent& event : report.events) {
    if (event.what == FindingEvent::What::passed) counts_.passed[event.finding.rule] += event.times;
  }
}

std::optional<std::string> MetricsFile::renew(const StoreWatch& watch, Clock::time_point now) {
  if (!writer_ || now < next_) return std::nullopt;
  next_ = now + kShortest;
  std::string text = write_metrics(XSAUDIT_VERSION, watch.counts(), watch.rules()) +
                     write_watch_metrics(counts_, watch.rules());
  if (now < latest_ && (failed_ || text == written_)) return std::nullopt;
  latest_ = now + kLongest;
  const auto answer = writer_->ask(text);
  if (answer) {
    written_ = std::move(text);
    failed_ = false;
    return std::nullopt;
  }
  std::string message = answer.error().text();
  if (!writer_->answers()) {
    writer_.reset();
    return message + "; the file is no longer renewed";
  }
  return std::exchange(failed_, true) ? std::nullopt : std::optional(std::move(message));
}

}  // namespace xsaudit
