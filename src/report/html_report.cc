#include "report/html_report.h"

#include <algorithm>
#include <map>

#include "audit/result.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/wording.h"
#include "report/host_picture.h"
#include "report/page_files.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"
#include "report/xml_writer.h"

namespace xsaudit {

std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? bytes[at + i] : 0u);
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? kDigits[group >> (18 - 6 * i) & 0x3f] : '=';
    }
  }
  return text;
}

// One page for looking at a host: a picture of its domains and devices, the findings with evidence,
// explanation and what to do, and a table of the devices. It works from a file and asks for
// nothing: its policy allows the one style and the one script in it, by their hashes, and no
// request. All text goes through markup_text(); what a store holds is escape()d before, so that it
// stands there as printable ASCII and never as markup.
namespace {

// Further findings are counted; a larger page would not open.
constexpr std::size_t kMaxFindings = 2000;
constexpr std::size_t kMaxDevices = 2000;

const std::string& page_file(std::string_view name) {
  static const std::string none;
  for (const TextFile& file : page_files()) {
    if (file.name == name) return file.text;
  }
  return none;
}

std::string hash_source(const std::string& text) { return "'sha256-" + base64(sha256(text)) + "'"; }

std::string element(const std::string& name, const std::string& text) {
  return "<" + name + ">" + markup_text(text) + "</" + name.substr(0, name.find(' ')) + ">";
}

std::string about(const Finding& finding) {
  if (!finding.guest) return "host";
  std::string text = std::to_string(finding.guest->domid);
  return finding.device.empty() ? text : text + "/" + escape(finding.device);
}

class Page {
 public:
  explicit Page(const AuditResult& result) : result_(result), by_device_(result) {}

  std::string write() {
    head();
    for (std::size_t i = 0; i < result_.sources.size(); ++i) source(i);
    list("Suppressions", suppression_lines(result_, true));
    list("Gone since the baseline", gone_lines(result_));
    out_ += "<script>" + page_file("page.js") + "</script>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void line(const std::string& markup) { out_.append(markup).append("\n"); }

  void head() {
    const std::string& style = page_file("page.css");
    line("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    line("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " +
         hash_source(style) + "; script-src " + hash_source(page_file("page.js")) +
         "; base-uri 'none'; form-action 'none'\">");
    line("<meta name=\"referrer\" content=\"no-referrer\">");
    line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line(element("title", std::string("xsaudit: ") + to_text(result_.verdict)));
    line("<style>" + style + "</style>\n</head>\n<body>");
    line("<header class=\"verdict " + std::string(to_text(result_.verdict)) + "\">");
    line(element("h1", to_text(result_.verdict)));
    line(element("p", verdict_phrase(result_)));
    line(element("p class=\"faint\"", "xsaudit " + result_.version));
    line("</header>");
    if (!result_.findings.empty()) filters();
  }

  // Made visible by the script, without which it would do nothing.
  void filters() {
    line("<div class=\"filters\" hidden>");
    const auto counts = result_.counts();
    for (std::size_t i = counts.size(); i-- > 0;) {
      const std::string severity = to_text(static_cast<Severity>(i));
      if (counts[i] == 0) continue;
      std::string box = "<label class=\"";
      box.append(severity).append("\"><input type=\"checkbox\" value=\"").append(severity);
      box.append("\" checked> ");
      box += element("span class=\"severity\"",
                     std::string(severity).append(" ").append(std::to_string(counts[i])));
      line(box.append("</label>"));
    }
    line("<input type=\"search\" placeholder=\"words\" aria-label=\"search for words\">");
    line("<button type=\"button\" class=\"about\" hidden></button>\n</div>");
    line("<p class=\"nothing faint\" hidden>No finding matches.</p>");
  }

  void source(std::size_t index) {
    const SourceSummary& source = result_.sources[index];
    line("<section>\n" + element("h2", escape(source.info.name)));
    if (!source.error.empty()) {
      line(element("p", "Not audited: " + source.error) + "\n</section>");
      return;
    }
    line(element("p class=\"faint\"", source_phrase(source)));
    picture(index);
    findings(index);
    guests(index);
    undecided(index);
    devices(index);
    line("</section>");
  }

  void picture(std::size_t index) {
    const HostLayout layout = lay_out_host(result_, index, by_device_);
    if (layout.guests.empty()) return;
    line("<div class=\"wide\">\n" + draw_host(result_, index, layout) + "</div>");
    line(
        element("p class=\"legend\"",
                "Lines lead from each frontend to its record and to the backend that it names; "
                "thick where record or backend name another device, dotted to the backend that was "
                "set up where the frontend names another; a cross marks a missing backend. A click "
                "on a guest or a device shows its findings."));
    if (layout.guests_left_out > 0) {
      line(element("p class=\"legend\"",
                   "Not drawn: " + plural(layout.guests_left_out, "guest", "guests") +
                       ", of whom nothing worse is known."));
    }
  }

  // Findings come worst first; a guest's device stays together where its worst one stands.
  void findings(std::size_t source) {
    std::vector<std::pair<std::string, std::vector<const Finding*>>> groups;
    std::map<std::string, std::size_t> places;
    std::size_t left_out = 0;
    for (const Finding& finding : result_.findings) {
      if (finding.source != source) continue;
      if (shown_findings_ == kMaxFindings) {
        ++left_out;
        continue;
      }
      ++shown_findings_;
      const auto [place, added] = places.try_emplace(subject_phrase(finding), groups.size());
      if (added) groups.push_back({place->first, {}});
      groups[place->second].second.push_back(&finding);
    }
    for (const auto& [subject, members] : groups) {
      line("<section class=\"group\">\n" + element("h3", subject));
      for (const Finding* member : members) finding(*member);
      line("</section>");
    }
    if (left_out > 0) {
      line(element("p", "Not shown: " + plural(left_out, "finding", "findings") +
                            ", none worse than these. The other formats have them."));
    }
  }

  void field(const char* label, const std::string& markup) {
    if (!markup.empty()) line(std::string("<dt>") + label + "</dt><dd>" + markup + "</dd>");
  }

  static std::string paragraphs(const std::vector<std::string>& lines) {
    std::string markup;
    for (const std::string& text : lines) markup += element("p class=\"path\"", text);
    return markup;
  }

  void finding(const Finding& finding) {
    const RuleSummary& rule = result_.rules[finding.rule];
    const std::string severity = to_text(finding.severity);
    line("<article class=\"finding " + severity + "\" data-severity=\"" + severity +
         "\" data-about=\"" + markup_text(about(finding)) + "\">");
    line("<h4>" + element("span class=\"severity\"", severity) + " " + markup_text(rule.title) +
         " " + element("code class=\"faint\"", rule.id) + "</h4>\n<dl>");
    field("what", element("p", finding.message));
    field("who", paragraphs(suspect_phrases(finding)));
    std::vector<std::string> evidence;
    for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
    field("evidence", paragraphs(evidence));
    field("places", paragraphs(place_phrases(finding)));
    if (!finding.fix.empty()) field("to do", element("pre", finding.fix));
    line("</dl>\n<details><summary>Why it matters</summary>" + element("p", rule.why));
    if (!rule.references.empty()) {
      line(element("p class=\"faint\"", "See " + joined(rule.references)));
    }
    line("</details>\n</article>");
  }

  void undecided(std::size_t index) {
    const auto groups = undecided_groups(result_, index);
    if (!groups.empty()) line("<h3>Not evaluated</h3>\n<ul>");
    for (const UndecidedGroup& group : groups) {
      line("<li>" + element("span class=\"path\"", group.reason) + ": " +
           markup_text(joined(group.rules)) + "</li>");
    }
    if (!groups.empty()) line("</ul>");
    list("Incomplete", result_.sources[index].incomplete);
  }

  void guests(std::size_t index) {
    std::vector<std::string> lines;
    for (const GuestNote& entry : result_.lines) {
      if (entry.source == index) lines.push_back(guest_phrase(entry.guest) + ": " + entry.text);
    }
    list("Guests", lines);
  }

  void list(const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    line(element("h3", title) + "\n<ul>");
    for (const std::string& item : items) line(element("li", item));
    line("</ul>");
  }

  void devices(std::size_t index) {
    const DeviceList& list = result_.sources[index].devices;
    if (list.devices.empty()) return;
    line(
        "<h3>Devices</h3>\n<div "
        "class=\"wide\">\n<table>\n<thead><tr><th>guest</th><th>device</th><th>frontend</th>"
        "<th>backend</th><th>record</th><th>contradictions and findings</th></tr></thead>\n"
        "<tbody>");
    const std::size_t shown = std::min(list.devices.size(), kMaxDevices);
    for (std::size_t i = 0; i < shown; ++i) device(index, list.devices[i]);
    line("</tbody>\n</table>\n</div>");
    const std::uint64_t left_out = list.left_out + (list.devices.size() - shown);
    if (left_out > 0) {
      line(element("p", "Not listed: " + plural(left_out, "device", "devices") + "."));
    }
  }

  static std::string part_cell(const DevicePart& part) {
    std::string text = part.presence == Presence::present   ? part.state_name
                       : part.presence == Presence::unknown ? "not known"
                                                            : "not there";
    std::string markup = "<td>" + element("span class=\"path\"", escape_shortened(part.path));
    return markup + " " + element("span class=\"faint\"", text) + "</td>";
  }

  void device(std::size_t source, const DeviceSummary& device) {
    const auto& findings = by_device_.of(source, device);
    std::vector<std::string> wrong = device.disagreements;
    for (const Finding* finding : findings) {
      const std::string& rule = result_.rules[finding->rule].id;
      if (std::find(wrong.begin(), wrong.end(), rule) == wrong.end()) wrong.push_back(rule);
    }
    const std::string mark =
        findings.empty() ? "inconsistent" : to_text(findings.front()->severity);
    line("<tr>" + element("td", std::to_string(device.domid)) +
         element("td class=\"path\"",
                 escape_shortened(device.kind) + "/" + escape_shortened(device.id)) +
         part_cell(device.frontend) + part_cell(device.backend) + part_cell(device.record) +
         element("td class=\"wrong " + mark + "\"", joined(wrong)) + "</tr>");
  }

  const AuditResult& result_;
  FindingsByDevice by_device_;
  std::size_t shown_findings_ = 0;
  std::string out_;
};

}  // namespace

std::string write_html_report(const AuditResult& result, const ReportOptions&) {
  return Page(result).write();
}

}  // namespace xsaudit
