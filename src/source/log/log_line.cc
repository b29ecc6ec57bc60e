#include "source/log/log_line.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/number_text.h"

namespace xsaudit {
namespace {

constexpr int kLeapYear = 1972;

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

// Up to the next blank.
std::string_view take_token(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

// Exactly so many digits.
bool take_digits(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count) return false;
  const std::string_view digits = text.substr(0, count);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  text.remove_prefix(count);
  return whole_number(digits, number);
}

struct Stamp {
  int year = kLeapYear;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;

  std::optional<std::int64_t> time() const {
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((std::int64_t{days} * 24 + hour) * 60 + minute) * 60'000 + std::int64_t{second} * 1000 +
           millisecond;
  }
};

bool take_clock(std::string_view& text, Stamp& stamp) {
  return take_digits(text, 2, stamp.hour) && take(text, ":") &&
         take_digits(text, 2, stamp.minute) && take(text, ":") &&
         take_digits(text, 2, stamp.second);
}

bool take_date(std::string_view& text, std::string_view between, Stamp& stamp) {
  return take_digits(text, 4, stamp.year) && take(text, between) &&
         take_digits(text, 2, stamp.month) && take(text, between) &&
         take_digits(text, 2, stamp.day);
}

bool set_time(const Stamp& stamp, LogLine& line) {
  const auto time = stamp.time();
  line.time = time.value_or(0);
  return time.has_value();
}

// "D3.1", "A5", "r(5):D3.6", "=======>"
bool take_connection(std::string_view& text, LogLine& line) {
  if (take(text, "=======>")) {
    line.by = {LogConnection::Kind::control, 0};
    return true;
  }
  if (take(text, "r(")) {
    std::uint64_t replayed = 0;
    if (!take_number(text, replayed) || !take(text, "):")) return false;
    line.replay_of = replayed;
  }
  const bool domain = text.starts_with('D');
  if (!domain && !text.starts_with('A')) return false;
  line.by.kind = domain ? LogConnection::Kind::domain : LogConnection::Kind::process;
  text.remove_prefix(1);
  if (!take_number(text, line.by.number)) return false;
  if (domain && line.by.number > UINT32_MAX) return false;
  if (take(text, ".") && !take_number(text, line.transaction)) return false;
  return text.empty() || text.front() == ' ';
}

// Operations with a blank in their names (logging.ml string_of_access_type).
constexpr std::array<std::string_view, 7> kLongOperations = {
    "w event", "w notfired", "t start", "t end", "is introduced", "reset watches", "get perms"};

// "D3           write     path value": the part that both forms of oxenstored share.
bool parse_access(std::string_view text, LogLine& line) {
  skip_blanks(text);
  if (!take_connection(text, line)) return false;
  skip_blanks(text);
  const auto longer =
      std::find_if(kLongOperations.begin(), kLongOperations.end(), [&](std::string_view name) {
        return text.starts_with(name) && (text.size() == name.size() || text[name.size()] == ' ');
      });
  const std::string_view rest = text;
  line.operation = longer == kLongOperations.end() ? take_token(text) : *longer;
  if (line.operation.empty()) return false;
  // Names are padded to nine characters, and one blank follows.
  constexpr std::size_t kWidth = 9;
  const std::size_t width = std::max(kWidth, line.operation.size()) + 1;
  line.operation = rest.substr(0, line.operation.size());
  line.data = rest.substr(std::min(width, rest.size()));
  line.dots = rest.ends_with("..");
  return true;
}

std::optional<LogLine> parse_own(std::string_view text) {
  LogLine line;
  Stamp stamp;
  if (!take(text, "[") || !take_date(text, "", stamp) || !take(text, "T") ||
      !take_clock(text, stamp)) {
    return std::nullopt;
  }
  if (take(text, ".") && !take_digits(text, 3, stamp.millisecond)) return std::nullopt;
  if (!take(text, "Z]") && !take(text, "]")) return std::nullopt;
  if (!set_time(stamp, line) || !parse_access(text, line)) return std::nullopt;
  return line;
}

bool take_traditional_stamp(std::string_view& text, LogLine& line) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() < 4) return false;
  const std::size_t month = kMonths.find(text.substr(0, 3));
  if (month == std::string_view::npos || month % 3 != 0) return false;
  text.remove_prefix(3);
  Stamp stamp;
  stamp.month = static_cast<int>(month / 3) + 1;
  skip_blanks(text);
  if (!take_number(text, stamp.day) || !take(text, " ") || !take_clock(text, stamp)) return false;
  line.without_year = true;
  return stamp.day > 0 && stamp.day < 32 && set_time(stamp, line);
}

// "2026-11-28T12:33:38.467123+01:00", taken as the local time of the host.
bool take_rfc_stamp(std::string_view& text, LogLine& line) {
  Stamp stamp;
  if (!take_date(text, "-", stamp) || !take(text, "T") || !take_clock(text, stamp)) return false;
  take_token(text);
  return set_time(stamp, line);
}

bool take_repetition(std::string_view& text, std::string_view before, LogLine& line) {
  std::string_view rest = text;
  if (!take(rest, before) || !take_number(rest, line.times) || !take(rest, " times")) return false;
  line.times = std::clamp<std::uint64_t>(line.times, 1, UINT32_MAX);
  text = rest;
  return true;
}

std::optional<LogLine> parse_syslog(std::string_view text) {
  LogLine line;
  line.form = LogForm::syslog;
  const bool traditional = take_traditional_stamp(text, line);
  if (!traditional && !take_rfc_stamp(text, line)) return std::nullopt;
  skip_blanks(text);
  if (take_repetition(text, "last message repeated ", line)) {
    line.repeats_before = true;
    return line;
  }
  take_token(text);  // the host
  skip_blanks(text);
  if (take_repetition(text, "last message repeated ", line)) {
    line.repeats_before = true;
    return line;
  }
  const std::string_view program = take_token(text);
  line.foreign = !program.starts_with("oxenstored");
  if (line.foreign) return line;
  if (!program.ends_with(':')) return std::nullopt;
  std::string_view message = text;
  skip_blanks(message);
  if (take_repetition(message, "message repeated ", line)) {
    if (!take(message, ": [") || !message.ends_with(']')) return std::nullopt;
    message.remove_suffix(1);
    text = message;
  }
  if (!parse_access(text, line)) return std::nullopt;
  return line;
}

// The beginnings of lines that do not contain a request or a reply: calls of trace() and log() in
// core.c, domain.c and control.c of xen.git tools/xenstored, from Xen 4.17 on.
constexpr std::string_view kOtherTraces[] = {"***",
                                             "obj: ",
                                             "CREATE ",
                                             "DESTROY ",
                                             "CONN ",
                                             "wrl: ",
                                             "acc: ",
                                             "tdb: ",
                                             "TDB: ",
                                             "Checking store",
                                             "check_store: ",
                                             "clean_store: ",
                                             "corruption detected ",
                                             "treewalk: ",
                                             "orphaned node ",
                                             "moving orphaned node ",
                                             "special node ",
                                             "watch event path ",
                                             "dropping duplicate watch ",
                                             "Delaying transaction start ",
                                             "Stalling connection ",
                                             "Domain ",
                                             "write rate limit: ",
                                             "control: ",
                                             "live-update: "};

std::optional<LogLine> parse_trace(std::string_view text) {
  LogLine line;
  line.form = LogForm::trace;
  line.foreign = std::any_of(std::begin(kOtherTraces), std::end(kOtherTraces),
                             [&](std::string_view other) { return text.starts_with(other); });
  if (line.foreign) return line;
  take(text, "io: ");
  const std::string_view direction = take_token(text);
  if (direction != "IN" && !direction.starts_with("OUT")) return std::nullopt;
  skip_blanks(text);
  if (!take(text, "0x") || !take_number(text, line.by.number, 16)) return std::nullopt;
  skip_blanks(text);
  std::uint64_t domid = 0;
  if (take(text, "(d")) {
    if (!take_number(text, domid) || domid > UINT32_MAX || !take(text, ") ")) return std::nullopt;
    line.by = {LogConnection::Kind::domain, domid};
  }
  Stamp stamp;
  if (!take_date(text, "", stamp) || !take(text, " ") || !take_clock(text, stamp) ||
      !take(text, " ") || !set_time(stamp, line)) {
    return std::nullopt;
  }
  line.operation = take_token(text);
  line.answer = direction != "IN";
  if (!take(text, " (") || !text.ends_with(')')) return std::nullopt;
  text.remove_suffix(1);
  line.data = text;
  return line;
}

int octet(std::string_view digits) {
  int number = 0;
  if (!take_digits(digits, 3, number) || number > 255) return -1;
  return number;
}

}  // namespace

std::optional<LogLine> parse_log_line(std::string_view line) {
  auto parsed = parse_own(line);
  if (!parsed) parsed = parse_syslog(line);
  if (!parsed) parsed = parse_trace(line);
  if (parsed) parsed->length = line.size();
  return parsed;
}

bool unescape_ocaml(std::string_view text, std::string& bytes) {
  bytes.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    if (++i == text.size()) return false;
    constexpr std::string_view kLetters = "ntrb";
    constexpr std::string_view kBytes = "\n\t\r\b";
    if (const std::size_t letter = kLetters.find(text[i]); letter != std::string_view::npos) {
      bytes += kBytes[letter];
    } else if (text[i] >= '0' && text[i] <= '9') {
      const int byte = octet(text.substr(i, 3));
      if (byte < 0) return false;
      bytes += static_cast<char>(byte);
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return true;
}

}  // namespace xsaudit
