#include "report/watch_lines.h"

#include <fmt/format.h>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/wording.h"
#include "report/json_members.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

std::string time_text(std::int64_t milliseconds) {
  const std::string seconds = utc_text(milliseconds / 1000);
  return fmt::format("{}.{:03}Z", seconds.substr(0, seconds.size() - 1), milliseconds % 1000);
}

// "40 ms", "2.5 s", "3 h 20 min"
std::string duration_text(std::chrono::microseconds time) {
  const auto count = time.count();
  if (count < 1'000'000) return fmt::format("{:.3g} ms", static_cast<double>(count) / 1000);
  const auto seconds = count / 1'000'000;
  if (seconds < 60) return fmt::format("{:.1f} s", static_cast<double>(count) / 1'000'000);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

// Without the time.
std::string text_of_event(const FindingEvent& event, const std::vector<RuleSummary>& rules) {
  const Finding& finding = event.finding;
  std::string text =
      fmt::format("{:<6}  {:<8}  {}  {}: {}", to_text(event.what), upper(to_text(finding.severity)),
                  rules[finding.rule].id, subject_phrase(finding), finding.message);
  if (event.what == FindingEvent::What::gone) {
    text += "; it was there for " + duration_text(event.lasted);
  } else if (event.what == FindingEvent::What::still) {
    text += "; it has been there for " + duration_text(event.lasted);
  } else if (event.what == FindingEvent::What::passed) {
    text += fmt::format("; it was there {} for {}, and is not there now",
                        event.times == 1 ? "once" : plural(event.times, "time", "times"),
                        duration_text(event.lasted));
  } else {
    text += "; who: " + cause_phrase(finding);
  }
  return text + "\n";
}

// syslog(3)
int priority_of(const FindingEvent& event) {
  constexpr int kInformational = 6;
  if (event.what == FindingEvent::What::gone) return kInformational;
  switch (event.finding.severity) {
    case Severity::critical: return 2;
    case Severity::high: return 3;
    case Severity::medium: return 4;
    case Severity::low: return 5;
    case Severity::info: break;
  }
  return kInformational;
}

}  // namespace

std::string watch_line(const FindingEvent& event, const std::vector<RuleSummary>& rules,
                       std::int64_t milliseconds) {
  return time_text(milliseconds) + "  " + text_of_event(event, rules);
}

std::string watch_journal_line(const FindingEvent& event, const std::vector<RuleSummary>& rules) {
  return fmt::format("<{}>{}", priority_of(event), text_of_event(event, rules));
}

std::string watch_json(const FindingEvent& event, const std::vector<RuleSummary>& rules,
                       std::int64_t milliseconds) {
  const RuleSummary& rule = rules[event.finding.rule];
  Json line = {{"type", to_text(event.what)}, {"time", time_text(milliseconds)}};
  line.update(json_of(event.finding, rule));
  line["title"] = rule.title;
  line["class"] = rule.category;
  if (event.what == FindingEvent::What::still) {
    line["lasted_microseconds"] = event.lasted.count();
  }
  if (event.what == FindingEvent::What::gone || event.what == FindingEvent::What::passed) {
    line["lasted_microseconds"] = event.lasted.count();
    line["times"] = event.times;
  }
  return text_of(line, -1);
}

std::string watch_note_line(const std::string& message, std::int64_t milliseconds) {
  return fmt::format("{}  note    {}\n", time_text(milliseconds), message);
}

std::string watch_note_journal_line(const std::string& message) {
  return fmt::format("<5>note    {}\n", message);
}

std::string watch_note_json(const std::string& message, std::int64_t milliseconds) {
  return text_of({{"type", "note"}, {"time", time_text(milliseconds)}, {"message", message}}, -1);
}

}  // namespace xsaudit
