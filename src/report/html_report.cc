#include "report/html_report.h"

#include <algorithm>
#include <map>

#include "audit/result.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/wording.h"
#include "report/host_picture.h"
#include "report/markup_writer.h"
#include "report/page_files.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"

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

// One page about a host: a picture of its domains and devices, the findings with evidence,
// explanation and advice, and a table of the devices. It works from a file and makes no request:
// its policy allows only the style and the script in it, by their hashes. MarkupWriter writes all
// of it; bytes of a store are escape()d before, so that they appear as printable ASCII and never as
// markup.
namespace {

// Further findings are only counted; a browser would not open a larger page.
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

}  // namespace

void open_page_head(MarkupWriter& page, const std::string& title, const std::string& script) {
  const std::string& style = page_file("page.css");
  std::string policy = "default-src 'none'; style-src " + hash_source(style);
  if (!script.empty()) policy += "; script-src " + hash_source(script);
  policy += "; base-uri 'none'; form-action 'none'";
  page.open("head");
  page.empty("meta", {{"charset", "utf-8"}});
  page.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy}});
  page.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  page.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page.element("title", title);
  page.verbatim("style", style);
}

namespace {

std::string about(const Finding& finding) {
  if (!finding.guest) return "host";
  std::string text = std::to_string(finding.guest->domid);
  return finding.device.empty() ? text : text + "/" + escape(finding.device);
}

std::string suspect(const Finding& finding) {
  return finding.suspect ? std::to_string(finding.suspect->domid) : "";
}

class Page {
 public:
  explicit Page(const AuditResult& result)
      : result_(result), by_device_(result), verdicts_(source_verdicts(result)) {}

  std::string write() {
    page_.open("html", {{"lang", "en"}});
    open_page_head(page_, std::string("xsaudit: ") + to_text(result_.verdict),
                   page_file("page.js"));
    page_.close();
    page_.open("body");
    verdict();
    if (result_.sources.size() > 1) index();
    if (!result_.findings.empty()) filters();
    for (std::size_t i = 0; i < result_.sources.size(); ++i) source(i);
    list("Suppressions", suppression_lines(result_, true));
    list("Gone since the baseline", gone_lines(result_));
    page_.verbatim("script", page_file("page.js"));
    page_.close();
    page_.close();
    return std::move(page_).result();
  }

 private:
  void verdict() {
    page_.open("header", {{"class", std::string("verdict ") + to_text(result_.verdict)}});
    page_.element("h1", to_text(result_.verdict));
    page_.element("p", verdict_phrase(result_));
    faint("xsaudit " + result_.version);
    page_.close();
  }

  // Where there are several sources: a line for each, which leads to it.
  void index() {
    page_.open("table", {{"class", "index"}});
    page_.open("thead");
    page_.open("tr");
    for (const char* const heading : {"source", "verdict", "findings", "nodes"}) {
      page_.element("th", heading);
    }
    page_.close();
    page_.close();
    page_.open("tbody");
    for (std::size_t i = 0; i < result_.sources.size(); ++i) {
      const SourceSummary& source = result_.sources[i];
      const bool read = source.error.empty();
      page_.open("tr");
      page_.open("td");
      page_.element("a", escape(source.info.name), {{"href", "#source-" + std::to_string(i + 1)}});
      page_.close();
      page_.element("td", read ? to_text(verdicts_[i].verdict) : "not audited");
      page_.element("td", read ? counts_phrase(verdicts_[i].counts) : source.error);
      page_.element("td", std::to_string(source.nodes));
      page_.close();
    }
    page_.close();
    page_.close();
  }

  // Made visible by the script, without which it would do nothing.
  void filters() {
    page_.open("div", {{"class", "filters"}, {"hidden", ""}});
    const auto counts = result_.counts();
    for (std::size_t i = counts.size(); i-- > 0;) {
      const std::string severity = to_text(static_cast<Severity>(i));
      if (counts[i] == 0) continue;
      page_.open("label", {{"class", severity}});
      page_.empty("input", {{"type", "checkbox"}, {"value", severity}, {"checked", ""}});
      page_.element("span", severity + " " + std::to_string(counts[i]), {{"class", "severity"}});
      page_.close();
    }
    page_.empty("input",
                {{"type", "search"}, {"placeholder", "words"}, {"aria-label", "search for words"}});
    page_.element("button", "", {{"type", "button"}, {"class", "about"}, {"hidden", ""}});
    page_.close();
    page_.element("p", "No finding matches.", {{"class", "nothing faint"}, {"hidden", ""}});
  }

  void faint(const std::string& text) { page_.element("p", text, {{"class", "faint"}}); }

  void source(std::size_t index) {
    const SourceSummary& source = result_.sources[index];
    page_.open("section", {{"id", "source-" + std::to_string(index + 1)}});
    page_.element("h2", escape(source.info.name));
    if (source.error.empty()) {
      page_.element("p", counts_phrase(verdicts_[index].counts));
      faint(source_phrase(source));
      faint(origin_phrase(result_, source));
      picture(index);
      findings(index);
      guests(index);
      undecided(index);
      devices(index);
    } else {
      page_.element("p", "Not audited: " + source.error);
    }
    page_.close();
  }

  void picture(std::size_t index) {
    const HostLayout layout = lay_out_host(result_, index, by_device_);
    if (layout.guests.empty()) return;
    page_.open("div", {{"class", "wide"}});
    draw_host(result_, index, layout, page_);
    page_.close();
    page_.element(
        "p",
        "Lines lead from each frontend to its record and to the backend that it names; "
        "thick where a frontend, record or backend names another device, dotted to the backend "
        "that was set up where the frontend names another; a cross marks a missing end. A box "
        "has the findings of a domain by severity; \"victim\" marks whom a suspect harms. A "
        "click on a domain or a device shows its findings.",
        {{"class", "legend"}});
    if (layout.guests_left_out > 0) {
      page_.element("p",
                    "Not drawn: " + plural(layout.guests_left_out, "guest", "guests") +
                        ", of whom nothing worse is known.",
                    {{"class", "legend"}});
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
      const auto [place, added] = places.try_emplace(heading_phrase(finding), groups.size());
      if (added) groups.push_back({place->first, {}});
      groups[place->second].second.push_back(&finding);
    }
    for (const auto& [subject, members] : groups) {
      page_.open("section", {{"class", "group"}});
      page_.element("h3", subject);
      for (const Finding* member : members) finding(*member);
      page_.close();
    }
    if (left_out > 0) {
      page_.element("p", "Not shown: " + plural(left_out, "finding", "findings") +
                             ", none worse than these. The other formats have them.");
    }
  }

  // Writes a term of the open definition list and opens its definition.
  void term(const char* name) {
    page_.element("dt", name);
    page_.open("dd");
  }

  void paths(const char* name, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    term(name);
    for (const std::string& line : lines) page_.element("p", line, {{"class", "path"}});
    page_.close();
  }

  void optional_path(const char* name, std::string line) {
    if (!line.empty()) paths(name, {std::move(line)});
  }

  void finding(const Finding& finding) {
    const RuleSummary& rule = result_.rules[finding.rule];
    const std::string severity = to_text(finding.severity);
    page_.open("article", {{"class", "finding " + severity},
                           {"data-severity", severity},
                           {"data-about", about(finding)},
                           {"data-suspect", suspect(finding)}});
    page_.open("h4");
    page_.element("span", severity, {{"class", "severity"}});
    page_.text(rule.title);
    page_.element("code", rule.id, {{"class", "faint"}});
    page_.close();
    page_.open("dl");
    term("what");
    page_.element("p", finding.message);
    page_.close();
    optional_path("suspect", suspect_phrase(finding));
    optional_path("victim", victim_phrase(finding));
    paths("who", {cause_phrase(finding)});
    paths("log", log_phrases(finding));
    std::vector<std::string> evidence;
    for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
    paths("evidence", evidence);
    paths("places", place_phrases(finding));
    if (!finding.fix.empty()) {
      term("to do");
      page_.element("pre", finding.fix);
      page_.close();
    }
    page_.close();
    page_.open("details");
    page_.element("summary", "Why it matters");
    page_.element("p", rule.why);
    if (!rule.references.empty()) faint("See " + joined(rule.references));
    page_.close();
    page_.close();
  }

  void undecided(std::size_t index) {
    const auto groups = undecided_groups(result_, index);
    if (!groups.empty()) {
      page_.element("h3", "Not evaluated");
      page_.open("ul");
      for (const UndecidedGroup& group : groups) {
        page_.open("li");
        page_.element("span", group.reason + ":", {{"class", "path"}});
        page_.text(joined(group.rules));
        page_.close();
      }
      page_.close();
    }
    list("Incomplete", result_.sources[index].incomplete);
  }

  void guests(std::size_t index) {
    std::vector<std::string> lines;
    for (const GuestNote& note : result_.notes) {
      if (note.source == index) lines.push_back(guest_phrase(note.guest) + ": " + note.text);
    }
    list("Guests", lines);
  }

  void list(const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    page_.element("h3", title);
    page_.open("ul");
    for (const std::string& item : items) page_.element("li", item);
    page_.close();
  }

  void devices(std::size_t index) {
    const DeviceList& list = result_.sources[index].devices;
    if (list.devices.empty()) return;
    page_.element("h3", "Devices");
    const bool has_kernel = has_kernel_view(list);
    page_.open("div", {{"class", "wide"}});
    page_.open("table");
    page_.open("thead");
    page_.open("tr");
    for (const char* const heading :
         {"guest", "device", "frontend", "backend", "record", "findings"}) {
      page_.element("th", heading);
      if (has_kernel && heading == std::string_view("record")) page_.element("th", "kernel");
    }
    page_.close();
    page_.close();
    page_.open("tbody");
    const std::size_t shown = std::min(list.devices.size(), kMaxDevices);
    for (std::size_t i = 0; i < shown; ++i) device(index, list.devices[i], has_kernel);
    page_.close();
    page_.close();
    page_.close();
    const std::uint64_t left_out = list.left_out + (list.devices.size() - shown);
    if (left_out > 0) {
      page_.element("p", "Not listed: " + plural(left_out, "device", "devices") + ".");
    }
  }

  void part_cell(const DevicePart& part) {
    page_.open("td");
    page_.element("span", escape_shortened(part.path), {{"class", "path"}});
    page_.element("span",
                  part.presence == Presence::present   ? part.state_name
                  : part.presence == Presence::unknown ? "not known"
                                                       : "not there",
                  {{"class", "faint"}});
    page_.close();
  }

  void device(std::size_t source, const DeviceSummary& device, bool has_kernel) {
    const auto& findings = by_device_.of(source, device);
    page_.open("tr");
    page_.element("td", std::to_string(device.domid));
    page_.element("td", escape_shortened(device.kind) + "/" + escape_shortened(device.id),
                  {{"class", "path"}});
    part_cell(device.frontend);
    part_cell(device.backend);
    part_cell(device.record);
    if (has_kernel) page_.element("td", kernel_phrase(device));
    page_.element("td", joined(rule_phrases(result_, device, findings)),
                  {{"class", findings.empty() ? "" : to_text(findings.front()->severity)}});
    page_.close();
  }

  const AuditResult& result_;
  FindingsByDevice by_device_;
  const std::vector<SourceVerdict> verdicts_;  // by source
  MarkupWriter page_{"<!DOCTYPE html>"};
  std::size_t shown_findings_ = 0;
};

}  // namespace

std::string write_html_report(const AuditResult& result, const ReportOptions&) {
  return Page(result).write();
}

}  // namespace xsaudit
