#include "cli/options/recorder_choice.h"

#include <sys/utsname.h>

#include "base/escape.h"
#include "base/moment.h"
#include "base/number_text.h"
#include "cli/command_line.h"

namespace xsaudit {
namespace {

constexpr const char* kRecorderGroup = "Flight recorder";

RecorderLimits limits_of(const std::string& keep, const std::string& max_size) {
  return {.keep = *parse_duration(keep), .most_bytes = *parse_size(max_size)};
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::uint32_t kMost = 1'000'000;
  std::uint32_t count = 0;
  if (!take_number(text, count) || count == 0 || count > kMost) return std::nullopt;
  const auto length = seconds_of_unit(text);
  return length ? std::optional(std::chrono::seconds(count * *length)) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  if (!take_number(text, count)) return std::nullopt;
  constexpr std::string_view kUnits = "KMGT";
  if (text.size() == 1 && kUnits.find(text[0]) != kUnits.npos) {
    const std::uint64_t unit = std::uint64_t{1} << (10 * (kUnits.find(text[0]) + 1));
    if (count > (UINT64_MAX >> 1) / unit) return std::nullopt;
    return count * unit;
  }
  return text.empty() ? std::optional(count) : std::nullopt;
}

void RecorderChoice::add_to(CommandLine& app) {
  app.add_option("--record", folder_,
                 "record the store and its changes in DIR, from which any moment can be\n"
                 "audited: xsaudit audit DIR --at TIME")
      ->type_name("DIR")
      ->group(kRecorderGroup);
  app.add_option("--keep", keep_, "remove what was recorded before this time: 12h, 7d, 4w")
      ->check([](const std::string& text) -> std::string {
        return parse_duration(text) ? "" : single_quoted(text) + " is not a time such as 12h or 7d";
      })
      ->type_name("TIME")
      ->capture_default_str()
      ->group(kRecorderGroup);
  app.add_option("--max-size", max_size_,
                 "remove the oldest records so that all take at most this space: 64M, 1G")
      ->check([](const std::string& text) -> std::string {
        const auto size = parse_size(text);
        if (!size) return single_quoted(text) + " is not a size such as 64M or 1G";
        return *size < RecorderLimits::kLeastBytes ? "the least size is 16M" : "";
      })
      ->type_name("SIZE")
      ->capture_default_str()
      ->group(kRecorderGroup);
}

Status RecorderChoice::open() {
  if (folder_.empty()) return ok();
  XSAUDIT_ASSIGN(keeper_, SegmentKeeper::start(folder_));
  utsname host{};
  const std::string name = ::uname(&host) == 0 ? host.nodename : "";
  recorder_.emplace(*keeper_, keeper_->present(), limits_of(keep_, max_size_), name);
  return ok();
}

std::vector<int> RecorderChoice::descriptors() const {
  if (keeper_ == nullptr) return {};
  return {keeper_->descriptor()};
}

RecorderChoice::Messages RecorderChoice::start(const Snapshot& store) {
  if (!recorder_) return {};
  recorder_->start(store, RecorderTime::now());
  return recorder_->take_messages();
}

RecorderChoice::Messages RecorderChoice::add(const StoreRecorder::Burst& burst,
                                             const Snapshot* store) {
  if (!recorder_) return {};
  recorder_->add(burst, store, RecorderTime::now());
  return recorder_->take_messages();
}

RecorderChoice::Messages RecorderChoice::tick(RecorderTime time) {
  if (!recorder_ || time.steady < recorder_->next_tick()) return {};
  recorder_->tick(time);
  return recorder_->take_messages();
}

}  // namespace xsaudit
