#include "host/facts/proc_text.h"

#include <algorithm>
#include <optional>

#include "base/number_text.h"

namespace xsaudit {
namespace {

constexpr char kStrange[] = "the kernel reports it in an unknown format";
constexpr char kNotSaid[] = "the kernel does not report it";

// Removes the first line from `text` and returns it without its newline.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (true) {
    text = trim(text);
    if (text.empty()) return found;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// The kernel's ids are 32 bits.
Fact<std::vector<std::uint32_t>> parse_ids(std::string_view text) {
  std::vector<std::uint32_t> ids;
  for (const std::string_view word : words(text)) {
    const Fact<std::uint64_t> id = parse_number(word);
    if (!id.is_known() || *id > UINT32_MAX) {
      return Fact<std::vector<std::uint32_t>>::unknown(kStrange);
    }
    ids.push_back(static_cast<std::uint32_t>(*id));
  }
  return ids;
}

Fact<Ids> parse_four_ids(std::string_view text) {
  const Fact<std::vector<std::uint32_t>> ids = parse_ids(text);
  if (!ids.is_known() || ids->size() != 4) return Fact<Ids>::unknown(kStrange);
  return Ids{(*ids)[0], (*ids)[1], (*ids)[2], (*ids)[3]};
}

Fact<std::uint32_t> parse_mode(std::string_view text) {
  const Fact<std::uint64_t> mode = parse_number(text);
  if (!mode.is_known() || *mode > UINT32_MAX) return Fact<std::uint32_t>::unknown(kStrange);
  return static_cast<std::uint32_t>(*mode);
}

Fact<bool> parse_flag(std::string_view text) {
  if (text == "0" || text == "1") return text == "1";
  return Fact<bool>::unknown(kStrange);
}

// Each set when it is read; the capabilities are known when all have been read.
class CapabilitySets {
 public:
  CapabilitySets() {
    sets_.ambient = 0;
    seen_ = kAmbient;  // Linux before 4.3 has no such set
  }
  void read(std::string_view name, std::string_view text) {
    if (name == "CapInh") read(kInheritable, sets_.inheritable, text);
    if (name == "CapPrm") read(kPermitted, sets_.permitted, text);
    if (name == "CapEff") read(kEffective, sets_.effective, text);
    if (name == "CapBnd") read(kBounding, sets_.bounding, text);
    if (name == "CapAmb") read(kAmbient, sets_.ambient, text);
  }
  Fact<Capabilities> fact() const {
    if (strange_) return Fact<Capabilities>::unknown(kStrange);
    if (seen_ != kAll) return Fact<Capabilities>::unknown(kNotSaid);
    return sets_;
  }

 private:
  static constexpr unsigned kInheritable = 1, kPermitted = 2, kEffective = 4, kBounding = 8,
                            kAmbient = 16, kAll = 31;

  void read(unsigned set, std::uint64_t& into, std::string_view text) {
    const Fact<std::uint64_t> bits = parse_number(text, 16);
    seen_ |= set;
    strange_ = strange_ || !bits.is_known();
    if (bits.is_known()) into = *bits;
  }

  Capabilities sets_;
  unsigned seen_ = 0;
  bool strange_ = false;
};

Fact<std::optional<std::uint64_t>> parse_limit(std::string_view text) {
  if (text == "unlimited") return std::optional<std::uint64_t>();
  const Fact<std::uint64_t> number = parse_number(text);
  if (!number.is_known()) return Fact<std::optional<std::uint64_t>>::unknown(kStrange);
  return std::optional<std::uint64_t>(*number);
}

}  // namespace

Fact<std::uint64_t> parse_number(std::string_view text, int base) {
  std::uint64_t number = 0;
  if (!whole_number(text, number, base)) return Fact<std::uint64_t>::unknown(kStrange);
  return number;
}

Fact<ProcStat> parse_stat(std::string_view text) {
  // "pid (name) state …": the name may hold anything, ") " too.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return Fact<ProcStat>::unknown(kStrange);
  std::string_view rest = text.substr(name_end + 1);
  const std::vector<std::string_view> fields = words(take_line(rest));
  constexpr std::size_t kState = 0;       // field 3 of proc(5)
  constexpr std::size_t kStartTime = 19;  // field 22
  if (fields.size() <= kStartTime) return Fact<ProcStat>::unknown(kStrange);
  const Fact<std::uint64_t> start = parse_number(fields[kStartTime]);
  if (!start.is_known()) return Fact<ProcStat>::unknown(kStrange);
  return ProcStat{.state = std::string(fields[kState]), .start_ticks = *start};
}

Credentials parse_status(std::string_view text) {
  Credentials credentials;
  credentials.uids = Fact<Ids>::unknown(kNotSaid);
  credentials.gids = Fact<Ids>::unknown(kNotSaid);
  credentials.groups = Fact<std::vector<std::uint32_t>>::unknown(kNotSaid);
  credentials.seccomp = Fact<std::uint32_t>::unknown(kNotSaid);
  credentials.no_new_privileges = Fact<bool>::unknown(kNotSaid);
  CapabilitySets capabilities;
  while (!text.empty()) {
    // The name of the process is one of the lines, its newlines escaped by the kernel.
    const std::string_view line = take_line(text);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "Uid") credentials.uids = parse_four_ids(value);
    if (name == "Gid") credentials.gids = parse_four_ids(value);
    if (name == "Groups") credentials.groups = parse_ids(value);
    if (name == "Seccomp") credentials.seccomp = parse_mode(value);
    if (name == "NoNewPrivs") credentials.no_new_privileges = parse_flag(value);
    capabilities.read(name, value);
  }
  credentials.capabilities = capabilities.fact();
  return credentials;
}

Fact<std::vector<Limit>> parse_limits(std::string_view text) {
  // Columns of fixed width (fs/proc/base.c proc_pid_limits): names hold spaces.
  constexpr std::size_t kSoft = 26, kHard = 47, kUnits = 68;
  using Limits = std::vector<Limit>;
  Limits limits;
  take_line(text);  // the heads of the columns
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.size() < kHard) return Fact<Limits>::unknown(kStrange);
    const auto soft = parse_limit(trim(line.substr(kSoft, kHard - kSoft)));
    const auto hard = parse_limit(trim(line.substr(kHard, kUnits - kHard)));
    if (!soft.is_known() || !hard.is_known()) return Fact<Limits>::unknown(kStrange);
    limits.push_back(
        {.name = std::string(trim(line.substr(0, kSoft))), .soft = *soft, .hard = *hard});
  }
  if (limits.empty()) return Fact<Limits>::unknown(kStrange);
  return limits;
}

Fact<std::vector<std::string>> parse_arguments(std::string_view text) {
  std::vector<std::string> arguments;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    arguments.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return arguments;
}

Fact<std::uint64_t> parse_boot_time(std::string_view text) {
  constexpr std::string_view kName = "btime ";
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.substr(0, kName.size()) == kName) return parse_number(line.substr(kName.size()));
  }
  return Fact<std::uint64_t>::unknown(kNotSaid);
}

}  // namespace xsaudit
