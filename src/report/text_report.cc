#include "report/text_report.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "audit/wording.h"
#include "report/set_aside_text.h"
#include "report/text_style.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

// A value between quotes that it cannot end itself: xenstore-ls does not escape quotes, so that a
// guest's value can look there like the permissions behind it.
std::string quoted(const std::string& bytes) {
  std::string out = "\"";
  for (const char c : escape_shortened(bytes)) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// "2 high and 1 low"
std::string counts_text(const AuditResult& result) {
  const auto counts = result.counts();
  std::vector<std::string> parts;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    parts.push_back(std::to_string(counts[i]) + " " + to_text(static_cast<Severity>(i)));
  }
  return joined(parts);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string evidence_text(const Evidence& evidence) {
  std::string line = escape(evidence.path);
  if (evidence.presence == Presence::absent) return line + " is not there";
  if (evidence.presence == Presence::unknown) {
    return line + " may or may not be there: " + to_text(evidence.presence_unknown);
  }
  if (evidence.value_unknown == UnknownReason::known) {
    line += " = " + quoted(evidence.value);
  } else {
    const bool secret = evidence.value_unknown == UnknownReason::secret;
    line += std::string(secret ? " (value not shown: " : " (value unknown: ") +
            to_text(evidence.value_unknown) + ")";
  }
  if (evidence.permissions) return line + "  (" + to_text(*evidence.permissions) + ")";
  // A form without permissions says so once, in the verdict.
  if (evidence.permissions_unknown == UnknownReason::not_in_form) return line;
  return line + " (permissions unknown: " + to_text(evidence.permissions_unknown) + ")";
}

// Who could have made the evidence what it is, one line a node that an unprivileged domain
// controls.
std::vector<std::string> suspects(const Finding& finding) {
  std::vector<std::string> lines;
  bool all_known = true;
  for (const Evidence& evidence : finding.evidence) {
    if (evidence.presence != Presence::present) continue;
    if (!evidence.controllers) {
      all_known = false;
    } else if (!evidence.controllers->empty()) {
      std::string line = evidence.controllers->text() + " can decide " + escape(evidence.path);
      if (!evidence.through.empty() && evidence.through != evidence.path) {
        line += ", through " + escape(evidence.through);
      }
      lines.push_back(std::move(line));
    }
  }
  if (!all_known) lines.emplace_back("not known for want of permissions");
  if (lines.empty()) lines.emplace_back("privileged domains only");
  return lines;
}

class TextReport {
 public:
  TextReport(const AuditResult& result, const ReportOptions& options)
      : result_(result), options_(options), style_(options.colour) {}

  std::string write() {
    for (std::size_t i = 0; i < result_.sources.size(); ++i) source(i);
    section("suppressions", suppression_lines(result_, options_.show_suppressed));
    section("baseline", gone_lines(result_));
    verdict();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_.append(text).append("\n"); }

  // A label, then one line each, aligned.
  void field(const char* label, const std::vector<std::string>& lines) {
    static constexpr std::size_t kLabelWidth = 10;
    std::string head = label;
    for (const std::string& text : lines) {
      head.resize(kLabelWidth, ' ');
      line("      " + style_.dim(head) + text);
      head.clear();
    }
  }

  void source(std::size_t index) {
    const SourceSummary& source = result_.sources[index];
    if (!source.error.empty()) {
      line(style_.bold("not audited") + ": " + source.error);
      line("");
      return;
    }
    line(style_.bold(escape(source.info.name)) + ": " + source.info.kind + ", " +
         plural(source.nodes, "node", "nodes") + ", " + alive_text(source.liveness));
    line("");
    findings(index, result_.findings, "");
    if (options_.show_suppressed) {
      findings(index, result_.suppressed, ", suppressed");
      findings(index, result_.known, ", known");
    }
    lines(index);
    undecided(index);
    section("incomplete", source.incomplete);
  }

  void section(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    line(style_.bold(title));
    for (const std::string& text : lines) line("  " + text);
    line("");
  }

  static std::string alive_text(const Liveness& liveness) {
    const std::string domains = DomainSet::of(liveness.alive).text() + " alive";
    switch (liveness.basis) {
      case Liveness::Basis::introduced: return domains + " (as the daemon says)";
      case Liveness::Basis::given: return domains + " (as given)";
      case Liveness::Basis::inferred: break;
    }
    return domains + " (as the store looks)";
  }

  static std::string name_of(const std::optional<Guest>& guest) {
    if (!guest) return "the host";
    const std::string domain = "domain " + std::to_string(guest->domid);
    return guest->name.empty() ? domain : domain + " " + quoted(guest->name);
  }

  static std::string group_of(const Finding& finding) {
    const std::string group = name_of(finding.guest);
    return finding.device.empty() ? group : group + ", " + escape(finding.device);
  }

  // Findings come worst first; a guest's device stays together where its worst one stands.
  void findings(std::size_t source, const std::vector<Finding>& all, const char* why) {
    std::vector<std::pair<std::string, std::vector<const Finding*>>> groups;
    std::map<std::string, std::size_t> index;
    for (const Finding& finding : all) {
      if (finding.source != source) continue;
      const auto [entry, is_new] = index.emplace(group_of(finding), groups.size());
      if (is_new) groups.push_back({entry->first, {}});
      groups[entry->second].second.push_back(&finding);
    }
    for (const auto& [group, members] : groups) {
      line(style_.bold(group) + why);
      for (const Finding* member : members) finding(*member);
      line("");
    }
  }

  void finding(const Finding& finding) {
    const RuleSummary& rule = result_.rules[finding.rule];
    line("  " + style_.severity(finding.severity, upper(to_text(finding.severity))) + "  " +
         style_.bold(rule.title) + "  " + style_.dim("[" + rule.id + "]"));
    field("what", {finding.message});
    field("who", suspects(finding));
    std::vector<std::string> evidence;
    for (const Evidence& node : finding.evidence) evidence.push_back(evidence_text(node));
    field("evidence", evidence);
    if (finding.count > 1) field("places", places(finding));
    if (std::string why = set_aside_because(finding, result_); !why.empty()) {
      field("status", {std::move(why)});
    }
    field("to do", lines_of(finding.fix));
  }

  static std::vector<std::string> places(const Finding& finding) {
    std::vector<std::string> lines;
    for (const std::string& path : finding.samples) lines.push_back(escape(path));
    if (finding.count > lines.size()) {
      const std::string more = std::to_string(finding.count - lines.size());
      lines.push_back(lines.empty() ? more + " nodes" : "and " + more + " more");
    }
    return lines;
  }

  void lines(std::size_t source) {
    bool any = false;
    for (const GuestLine& entry : result_.lines) {
      if (entry.source != source) continue;
      if (!std::exchange(any, true)) line(style_.bold("guests"));
      line("  " + name_of(entry.guest) + ": " + entry.text);
    }
    if (any) line("");
  }

  // Rules that could not be decided for one reason are told together.
  void undecided(std::size_t source) {
    std::vector<std::pair<std::string, std::vector<std::string>>> told;  // reason, rules
    std::map<std::string, std::size_t> places;
    for (const UndecidedRule& entry : result_.not_evaluated) {
      if (entry.source != source) continue;
      std::string reason = entry.reason;
      if (entry.count > 1) {
        reason += ", and " + plural(entry.count - 1, "more place", "more places");
      }
      const auto [place, added] = places.try_emplace(reason, told.size());
      if (added) told.push_back({std::move(reason), {}});
      told[place->second].second.push_back(result_.rules[entry.rule].id);
    }
    if (told.empty()) return;
    line(style_.bold("not evaluated"));
    for (const auto& [reason, rules] : told) {
      if (rules.size() == 1) {
        line("  " + rules.front() + ": " + reason);
      } else {
        line("  " + reason);
        names(rules);
      }
    }
    line("");
  }

  // Below one another where they do not fit beside one another.
  void names(const std::vector<std::string>& names) {
    constexpr std::size_t kWidth = 100;
    std::string text;
    for (const std::string& name : names) {
      const bool last = &name == &names.back();
      if (!text.empty() && text.size() + 1 + name.size() + (last ? 0 : 1) > kWidth) {
        line(text);
        text.clear();
      }
      text += (text.empty() ? "      " : " ") + name + (last ? "" : ",");
    }
    line(text);
  }

  void verdict() {
    const bool incomplete =
        std::any_of(result_.sources.begin(), result_.sources.end(),
                    [](const SourceSummary& entry) { return !entry.incomplete.empty(); });
    std::uint64_t nodes = 0;
    for (const SourceSummary& entry : result_.sources) nodes += entry.nodes;

    std::string text = result_.findings.empty() ? "nothing found" : counts_text(result_);
    text += " by " + plural(result_.rules.size(), "rule", "rules") + " over " +
            plural(nodes, "node", "nodes");
    if (result_.sources.size() != 1) {
      text += " of " + plural(result_.sources.size(), "source", "sources");
    }
    if (result_.verdict != Verdict::findings && !result_.findings.empty()) {
      text += std::string(", nothing of severity ") + to_text(result_.fail_on) + " or above";
    }
    text += set_aside_counts(result_);
    if (incomplete) text += "; not everything could be judged";
    line(style_.verdict(result_.verdict, to_text(result_.verdict)) + ": " + text);
  }

  const AuditResult& result_;
  ReportOptions options_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string write_text_report(const AuditResult& result, const ReportOptions& options) {
  return TextReport(result, options).write();
}

}  // namespace xsaudit
