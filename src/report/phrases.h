// The phrases that the readable reports share. They are safe to print: printable ASCII, except for
// texts of rules. Stateless; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

// Bytes in quotes, with quotes among the bytes escaped: xenstore-ls does not escape them, so a
// guest's value can look there like the permissions after it.
std::string in_quotes(std::string_view bytes);

std::vector<std::string> lines_of(std::string_view text);

// "nothing found by 55 rules over 120 nodes; the audit is incomplete"
std::string verdict_phrase(const AuditResult& result);

// "xenstore-ls -fp, 12 nodes, domains 0 and 3 alive (as given)"
std::string source_phrase(const SourceSummary& source);

// "domain 3 "web"", or "the host".
std::string guest_phrase(const std::optional<Guest>& guest);

// The subject: "domain 3 "web", vif/0", or "the host".
std::string subject_phrase(const Finding& finding);

// A node with its value and permissions, or why these are not known.
std::string evidence_phrase(const Evidence& evidence);

// The domains that could have caused the finding: one line per node that an unprivileged domain
// controls.
std::vector<std::string> suspect_phrases(const Finding& finding);

// The other nodes that a finding stands for, where it stands for several.
std::vector<std::string> place_phrases(const Finding& finding);

// Rules that could not be decided in a source, those with one reason together.
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
