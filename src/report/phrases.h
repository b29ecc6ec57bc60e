// The phrases that the readable reports share. They are safe to print: printable ASCII, except for
// texts of rules. Stateless; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"
#include "audit/verdict.h"

namespace xsaudit {

// Bytes in quotes, with quotes among the bytes escaped: xenstore-ls does not escape them, so a
// guest's value can look there like the permissions after it. At most `limit` bytes of them.
std::string in_quotes(std::string_view bytes, std::size_t limit = 200);

std::vector<std::string> lines_of(std::string_view text);

// "nothing found by 55 rules over 120 nodes; the audit is incomplete"
std::string verdict_phrase(const AuditResult& result);

// "2 high and 1 low", or "nothing found".
std::string counts_phrase(const std::array<std::uint64_t, 5>& counts);

// The verdict on one source: its counts, and the nodes that were read.
std::string source_verdict_phrase(const AuditResult& result, std::size_t source,
                                  const SourceVerdict& verdict);

// "; incomplete: it has no permissions; …", all the reasons, for the end of that line. Empty if the
// audit of the source is complete, or if the line gives the reason already.
std::string incomplete_phrase(const SourceSummary& source);

// The findings of a result over all sources, the worst first.
std::vector<const Finding*> worst_first(const std::vector<Finding>& findings);

// "15 of 94 rules in places": how many rules could not be decided somewhere; empty if all were.
std::string undecided_phrase(const AuditResult& result);

// "xenstore-ls -fp, 12 nodes, domains 0 and 3 alive (as given)"
std::string source_phrase(const SourceSummary& source);

// "domain 3 "web"", or "the host".
std::string guest_phrase(const std::optional<Guest>& guest);

// What a finding stands under: "domain 3 "web", vif/0", the suspect, or "the host".
std::string subject_phrase(const Finding& finding);

// The same as a heading, with the UUID by which a suppression names the guest.
std::string heading_phrase(const Finding& finding);

// A node with its value and permissions, or why these are not known.
std::string evidence_phrase(const Evidence& evidence);

// The domains that could have made the wrong node as it is: "domain 3 "web" could have written /a".
std::string cause_phrase(const Finding& finding);

// What the daemon's log contains about the wrong node: the statement, then a line for each change;
// empty without a log.
std::vector<std::string> log_phrases(const Finding& finding);

// Whom the toolstack's record gives away, and whom that domain harms; empty where it does not say.
std::string suspect_phrase(const Finding& finding);
std::string victim_phrase(const Finding& finding);

// All of that: "suspect: …", "victim: …", "who: …" and "log: …", a line each.
std::vector<std::string> who_lines(const Finding& finding);

// The domain that a finding stands under: its suspect, else the guest that it is about.
const std::optional<Guest>& heading_guest(const Finding& finding);

// The line of the recording that describes the node of a finding; 0 if there is none.
std::uint64_t line_of(const Finding& finding);

// "audited 2026-11-28T12:00:00Z, 1234 bytes, SHA-256 …": what makes a report evidence.
std::string origin_phrase(const AuditResult& result, const SourceSummary& source);

// The rules of the findings about a device, each once, and their suspect if that is not its guest:
// "backend-frontend-link-forged (suspect: domain 1)".
std::vector<std::string> rule_phrases(const AuditResult& result, const DeviceSummary& device,
                                      const std::vector<const Finding*>& findings);

// The kernel's view of a device: "Connected, disk 7:0 (loop0) writable", "Connected, vif1.0 in
// xenbr0", "no driver"; "-" if there is none.
std::string kernel_phrase(const DeviceSummary& device);
// Whether any device of the list has one.
bool has_kernel_view(const DeviceList& list);

// The other nodes that a finding stands for, where it stands for several.
std::vector<std::string> place_phrases(const Finding& finding);

// Rules that could not be decided in a source, those with one reason together. A rule that fired in
// the source stands there with the place where it could not be decided.
struct UndecidedGroup {
  std::string reason;
  std::vector<std::string> rules;  // ids
};
std::vector<UndecidedGroup> undecided_groups(const AuditResult& result, std::size_t source);

// Colour for a terminal, or none: every piece of text is asked for through one of these, so that a
// report is written once for both. A plain value.
class TextStyle {
 public:
  explicit TextStyle(bool colour) : colour_(colour) {}

  std::string bold(std::string_view text) const { return sgr("1", text); }
  std::string dim(std::string_view text) const { return sgr("2", text); }
  std::string severity(Severity severity, std::string_view text) const;
  std::string verdict(Verdict verdict, std::string_view text) const;

 private:
  // ECMA-48 Select Graphic Rendition.
  std::string sgr(std::string_view code, std::string_view text) const;
  bool colour_;
};

}  // namespace xsaudit
