#include "source/log/log_reader.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>
#include <utility>

#include "base/escape.h"
#include "base/number_text.h"
#include "base/wording.h"
#include "source/log/log_line.h"
#include "source/log/log_pairing.h"
#include "source/recording/dump_input.h"

namespace xsaudit {
namespace {

constexpr std::int64_t kDay = std::int64_t{86'400} * 1000;
// Far more than the daemon and logrotate keep.
constexpr std::uint64_t kMostUnpackedBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostReadBytes = std::uint64_t{2} << 30;

// "xenstored-access.log.2.gz": the second of "xenstored-access.log".
struct RotatedName {
  std::string base;
  unsigned number = 0;
};

RotatedName rotated(std::string_view name) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  }
  const std::size_t dot = name.rfind('.');
  unsigned number = 0;
  if (dot != std::string_view::npos && name.size() - dot < 6 &&
      whole_number(name.substr(dot + 1), number)) {
    return {std::string(name.substr(0, dot)), number};
  }
  return {std::string(name), 0};
}

// The time of a stamp without a year in the last year in which it is not later than `latest`.
std::int64_t with_year(std::int64_t time, std::int64_t latest) {
  using std::chrono::days;
  using std::chrono::floor;
  using std::chrono::milliseconds;
  using std::chrono::sys_days;
  using std::chrono::year_month_day;
  const auto days_of = [](std::int64_t since) { return floor<days>(milliseconds(since)); };
  const year_month_day stamp{sys_days(days_of(time))};
  year_month_day wanted{year_month_day{sys_days(days_of(latest))}.year(), stamp.month(),
                        stamp.day()};
  const auto in_day = milliseconds(time) - days_of(time);
  const auto when = [&] {
    return (sys_days(wanted).time_since_epoch() + in_day) / milliseconds(1);
  };
  while (!wanted.ok() || when() > latest) {
    wanted = year_month_day{wanted.year() - std::chrono::years(1), wanted.month(), wanted.day()};
  }
  return when();
}

// Gives the bytes of another source up to the first error, which counts as the end: the lines
// before the damage are read.
class BytesUntilDamage : public ByteSource {
 public:
  explicit BytesUntilDamage(ByteSource& source) : source_(source) {}

  Result<std::size_t> read(char* into, std::size_t size) override {
    if (damage_) return std::size_t{0};
    auto count = source_.read(into, size);
    if (count) return count;
    damage_ = count.error();
    return std::size_t{0};
  }
  const std::optional<Error>& damage() const { return damage_; }

 private:
  ByteSource& source_;
  std::optional<Error> damage_;
};

// One file that is being read.
class OpenLog {
 public:
  OpenLog(LogSource source, std::size_t place, std::int64_t now)
      : source_(std::move(source)),
        place_(place),
        name_(rotated(source_.name)),
        unpacked_(*source_.bytes, kMostUnpackedBytes),
        whole_(unpacked_),
        input_(whole_, source_.name),
        latest_(source_.modified.value_or(now) * 1000 + kDay) {}

  // Finds the first line that has a time.
  Status begin() {
    std::string_view head = input_.head();
    empty_ = head.empty();
    if (empty_ && whole_.damage()) {
      return Error{escape_shortened(source_.name), whole_.damage()->message, ""};
    }
    while (!head.empty() && !begins_) {
      const std::size_t end = std::min(head.find('\n'), head.size());
      const auto line = parse_log_line(head.substr(0, end));
      if (line && line->time != 0) begins_ = time_of(*line);
      head.remove_prefix(std::min(end + 1, head.size()));
    }
    if (empty_ || begins_) return ok();
    return Error{escape_shortened(source_.name), "this is not a log of the daemon",
                 "expected /var/log/xen/xenstored-access.log or a trace of xenstored"};
  }

  // The files in their order: by time; of those with one time, the rotated one is older.
  auto order() const {
    return std::tuple(begins_.value_or(INT64_MAX), UINT32_MAX - name_.number, place_);
  }

  AccessLog::File read(LogPairing& pairing, std::uint32_t file, std::vector<std::string>& gaps) {
    AccessLog::File read{
        .name = source_.name, .begins = begins_.value_or(0), .ends = begins_.value_or(0)};
    std::string_view text;
    std::size_t longest = 0;
    std::uint64_t unknown = 0;
    std::uint64_t first_unknown = 0;
    bool formed = false;
    while (input_.next_line(text)) {
      bytes_ += text.size();
      auto line = parse_log_line(text);
      if (!line) {
        if (text.empty()) continue;
        if (unknown++ == 0) first_unknown = input_.line();
        continue;
      }
      longest = std::max(longest, text.size());
      if (line->foreign) continue;
      line->unfinished = !input_.line_ended();
      ++read.lines;
      if (!formed) read.form = line->form;
      formed = true;
      read.ends = time_of(*line);
      pairing.add(*line, read.ends, file, input_.line());
    }
    pairing.end_file(longest);
    if (unknown > 0) {
      gaps.push_back(input_.place_of(first_unknown) + ": " + plural(unknown, "line", "lines") +
                     " could not be understood");
    }
    if (!input_.status()) gaps.push_back(input_.status().error().text());
    if (whole_.damage()) {
      gaps.push_back(input_.place() + ": not read further: " + whole_.damage()->message);
    }
    return read;
  }

  const RotatedName& rotated_name() const { return name_; }
  bool empty() const { return empty_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::int64_t time_of(const LogLine& line) {
    if (!line.without_year) return line.time;
    if (!year_start_) {
      const std::int64_t time = with_year(line.time, latest_);
      year_start_ = time - line.time;
      last_stamp_ = line.time;
      return time;
    }
    // A new year, and not a clock that was set back: half a year or more.
    if (line.time + 180 * kDay < last_stamp_) {
      year_start_ = with_year(line.time, *year_start_ + last_stamp_ + 200 * kDay) - line.time;
    }
    last_stamp_ = line.time;
    return *year_start_ + line.time;
  }

  LogSource source_;
  const std::size_t place_;
  const RotatedName name_;
  UnpackedBytes unpacked_;
  BytesUntilDamage whole_;
  DumpInput input_;
  const std::int64_t latest_;
  std::optional<std::int64_t> begins_;
  std::optional<std::int64_t> year_start_;  // from the time of a stamp to that with its year
  std::int64_t last_stamp_ = 0;
  std::uint64_t bytes_ = 0;
  bool empty_ = false;
};

using OpenLogs = std::vector<std::unique_ptr<OpenLog>>;

// A number that is missing among rotated files.
void note_missing(const OpenLogs& logs, std::vector<std::string>& gaps) {
  std::set<std::pair<std::string, unsigned>> there;
  for (const auto& log : logs) there.emplace(log->rotated_name().base, log->rotated_name().number);
  const std::pair<std::string, unsigned>* before = nullptr;
  for (const auto& one : there) {
    if (before != nullptr && before->first == one.first && one.second > before->second + 1) {
      gaps.push_back(escape_shortened(one.first) + '.' + std::to_string(before->second + 1) +
                     " is missing among the files");
    }
    before = &one;
  }
}

// Files of which one begins before the other ends: the same lines twice, or two hosts.
void note_overlap(const std::vector<AccessLog::File>& files, std::vector<std::string>& gaps) {
  // Clocks of hosts are set back by an hour in autumn.
  constexpr std::int64_t kHour = std::int64_t{3600} * 1000;
  for (std::size_t i = 1; i < files.size(); ++i) {
    const std::int64_t slack = files[i].form == LogForm::access_log ? 0 : kHour;
    if (files[i].begins + slack >= files[i - 1].ends) continue;
    gaps.push_back(escape_shortened(files[i].name) + " begins before " +
                   escape_shortened(files[i - 1].name) + " ends");
  }
}

}  // namespace

Result<AccessLog> read_log(std::vector<LogSource> sources, std::int64_t now,
                           std::size_t most_bytes) {
  if (sources.size() > kMostLogFiles) {
    return Error{"", "more than " + std::to_string(kMostLogFiles) + " log files", ""};
  }
  OpenLogs logs;
  for (LogSource& source : sources) {
    auto log = std::make_unique<OpenLog>(std::move(source), logs.size(), now);
    XSAUDIT_TRY(log->begin());
    if (!log->empty()) logs.push_back(std::move(log));
  }
  std::vector<std::string> gaps;
  note_missing(logs, gaps);
  std::sort(logs.begin(), logs.end(),
            [](const auto& a, const auto& b) { return a->order() < b->order(); });
  LogPairing pairing(most_bytes);
  std::vector<AccessLog::File> files;
  std::uint64_t bytes = 0;
  for (auto& log : logs) {
    if (bytes > kMostReadBytes) {
      gaps.push_back("the newest files were not read: the log is larger than " +
                     std::to_string(kMostReadBytes) + " bytes");
      break;
    }
    files.push_back(log->read(pairing, static_cast<std::uint32_t>(files.size()), gaps));
    bytes += log->bytes();
    log.reset();
  }
  note_overlap(files, gaps);
  LogPairing::Made made = std::move(pairing).finish();
  if (made.dropped > 0) {
    gaps.push_back("the oldest " + plural(made.dropped, "event", "events") +
                   " were dropped to limit memory");
    if (!made.events.empty()) files.front().begins = made.events.front().time;
  }
  return AccessLog(std::move(files), std::move(made.events), std::move(gaps),
                   std::move(made.refusals));
}

Result<AccessLog> read_log_text(std::string_view text, std::string name, std::int64_t now) {
  std::vector<LogSource> sources;
  sources.push_back({std::move(name), std::make_unique<MemoryBytes>(text), std::nullopt});
  return read_log(std::move(sources), now);
}

}  // namespace xsaudit
