#include "source/archive/report_parts.h"

#include <algorithm>
#include <memory>

#include "base/escape.h"
#include "source/archive/domain_listing.h"
#include "source/log/log_reader.h"

namespace xsaudit {
namespace {

// Of the output of a command.
constexpr std::size_t kMostTextBytes = std::size_t{1} << 20;

// construct_filename() of xen-bugtool makes the names of commands: blanks become dashes, and ".out"
// follows. Files of the host have their own path.
constexpr std::string_view kDomains = "list_domains.out";
constexpr std::string_view kXlList = "xl-list.out";
constexpr std::string_view kXlInfo = "xl-info.out";
constexpr std::string_view kAccessLog = "xenstored-access.log";
constexpr std::string_view kTrace = "xenstored-trace.log";

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_listing(std::string_view name) {
  return name.starts_with("xenstore-ls") && name.ends_with(".out");
}

bool is_log(std::string_view name) {
  return name.starts_with(kAccessLog) || name.starts_with(kTrace);
}

// At most `most` bytes; `whole` is false if there were more.
Result<std::string> text_of(ByteSource& bytes, std::size_t most, bool& whole) {
  std::string text;
  std::vector<char> room(std::size_t{64} * 1024);
  whole = true;
  while (true) {
    XSAUDIT_ASSIGN(const auto count, bytes.read(room.data(), room.size()));
    if (count == 0) return text;
    const std::size_t taken = std::min(count, most - text.size());
    text.append(room.data(), taken);
    whole = taken == count;
    if (!whole) return text;
  }
}

// The value of "xen_version : 4.17.3", if it is a version.
std::string version_of(std::string_view text) {
  constexpr std::string_view kKey = "xen_version";
  const std::size_t key = text.find(kKey);
  if (key == std::string_view::npos) return {};
  text.remove_prefix(key + kKey.size());
  text.remove_prefix(std::min(text.find_first_not_of(" :"), text.size()));
  text = text.substr(0, text.find('\n'));
  constexpr std::size_t kLongest = 40;
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  return printable && text.size() <= kLongest ? std::string(text) : std::string();
}

}  // namespace

ReportParts::ReportParts(std::string name, const DumpOptions& options)
    : name_(std::move(name)), options_(options) {
  options_.form = "xenstore-ls";
}

bool ReportParts::wanted(std::string_view path) {
  const std::string_view name = file_name(path);
  return is_listing(name) || is_log(name) || name == kDomains || name == kXlList || name == kXlInfo;
}

Status ReportParts::add_listing(const std::string& name, ByteSource& bytes) {
  if (snapshot_) {
    add_gap("more than one listing of the store; " + escape_shortened(name) + " is not read");
    return ok();
  }
  XSAUDIT_ASSIGN(auto snapshot, read_dump_bytes(bytes, name, options_));
  snapshot_.emplace(std::move(snapshot));
  return ok();
}

Status ReportParts::add_log(const std::string& name, ByteSource& bytes,
                            std::optional<std::int64_t> modified) {
  if (logs_.size() == kMostLogFiles) {
    add_gap(escape_shortened(name) + " is not read: too many log files");
    return ok();
  }
  bool whole = true;
  XSAUDIT_ASSIGN(auto text, text_of(bytes, kMostLogBytes - log_bytes_, whole));
  if (!whole) {
    add_gap(escape_shortened(name) + " is not read completely: the logs are larger than " +
            std::to_string(kMostLogBytes) + " bytes");
  }
  log_bytes_ += text.size();
  if (!text.empty()) logs_.push_back({name, std::move(text), modified});
  return ok();
}

Status ReportParts::add(std::string_view path, ByteSource& bytes,
                        std::optional<std::int64_t> modified) {
  const std::string full(path);
  const std::string_view name = file_name(path);
  if (is_listing(name)) return add_listing(full, bytes);
  if (is_log(name)) return add_log(full, bytes, modified);
  bool whole = true;
  XSAUDIT_ASSIGN(auto text, text_of(bytes, kMostTextBytes, whole));
  if (!whole) {
    add_gap(escape_shortened(full) + " is too large");
  } else if (name == kXlInfo) {
    version_ = version_of(text);
  } else if (!domains_ || name == kDomains) {
    domains_ = std::move(text);
  }
  return ok();
}

void ReportParts::add_log_to(SnapshotInfo& info, std::int64_t now) {
  if (logs_.empty()) return;
  std::vector<LogSource> sources;
  for (const LogText& log : logs_) {
    sources.push_back({log.name, std::make_unique<MemoryBytes>(log.text), log.modified});
  }
  auto log = read_log(std::move(sources), now);
  if (!log) {
    info.add_gap(log.error().place, log.error().message);
    return;
  }
  for (const std::string& gap : log->gaps()) info.add_gap(escape_shortened(name_), gap);
  info.access_log = std::make_shared<const AccessLog>(*std::move(log));
}

Result<Snapshot> ReportParts::finish(std::int64_t now) && {
  if (!snapshot_) {
    return Error{escape_shortened(name_), "it contains no listing of a store",
                 "xen-bugtool writes it to xenstore-ls-f.out"};
  }
  SnapshotInfo& info = snapshot_->info();
  info.kind +=
      version_.empty() ? ", in a status report" : ", in a status report of Xen " + version_;
  info.name = name_;
  if (domains_ && !info.introduced) {
    auto domains = read_domain_listing(*domains_);
    if (domains) {
      info.introduced = *std::move(domains);
    } else {
      info.add_gap(escape_shortened(name_), domains.error().message);
    }
  }
  add_log_to(info, now);
  for (const std::string& gap : gaps_) info.add_gap(escape_shortened(name_), gap);
  return *std::move(snapshot_);
}

}  // namespace xsaudit
