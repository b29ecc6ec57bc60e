// The result of an audit: sources, findings, rules that were not evaluated, and the verdict.
// Everything a report needs and nothing else; it holds no view into a store, a schema or a rule.
// Made by an Auditor, then only read; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "audit/baseline.h"
#include "audit/device_list.h"
#include "audit/finding.h"
#include "audit/suppression.h"
#include "rules/rule.h"
#include "schema/domain_table.h"
#include "store/snapshot_info.h"

namespace xsaudit {

// A rule that was run, with the texts that reports show.
struct RuleSummary {
  std::string id;
  std::string title;
  Severity severity = Severity::info;
  std::string category;  // "security", "lifecycle", …
  std::string why;
  std::string fix;  // the rule's text with {expressions}; a finding has their values
  std::vector<std::string> references;
};

// One store that was audited or could not be read.
struct SourceSummary {
  SnapshotInfo info;
  std::string error;        // why it could not be read, safe to print; empty if it could
  std::uint64_t nodes = 0;  // without "/"
  Liveness liveness;
  std::vector<Guest> guests;  // the running domains, by domid
  DeviceList devices;
  // The reasons why its audit is incomplete: one sentence each, safe to print. Empty if it is
  // complete.
  std::vector<std::string> incomplete;
};

// A rule that could not be decided in a source, and the first node where it could not.
struct UndecidedRule {
  std::size_t rule = 0;
  std::size_t source = 0;
  std::string path;      // raw
  std::string reason;    // safe to print
  bool by_form = false;  // the format cannot contain the fact; does not make the audit incomplete
  std::uint64_t count = 1;
  bool everywhere = false;  // it could not be decided at any node of the source
};

// A note about a guest that is not a finding.
struct GuestNote {
  std::size_t rule = 0;
  std::size_t source = 0;
  std::string path;  // raw
  std::optional<Guest> guest;
  std::string text;  // safe to print
};

enum class Verdict : std::uint8_t {
  clean,       // audited completely, and no finding at or above fail_on
  findings,    // at least one finding at or above fail_on
  incomplete,  // no such finding, but not everything could be judged
};
const char* to_text(Verdict verdict);

struct AuditResult {
  std::string version;    // of the tool
  std::int64_t time = 0;  // of the audit, in seconds since 1970
  Severity fail_on = Severity::low;
  Verdict verdict = Verdict::clean;
  std::vector<SourceSummary> sources;
  std::vector<RuleSummary> rules;
  std::vector<Finding> findings;  // by source; the worst first, then by guest, device and path
  // Further findings, in the same order, that do not count: a suppression covers them, or the
  // baseline contains them.
  std::vector<Finding> suppressed;
  std::vector<Finding> known;
  std::vector<SuppressionUse> suppressions;  // all that were given, in their order
  std::optional<BaselineUse> baseline;       // nothing where none was given
  std::vector<UndecidedRule> not_evaluated;
  std::vector<GuestNote> notes;  // by source, then by guest

  std::array<std::uint64_t, 5> counts() const;  // findings by severity
  // Whether a finding of this severity counts: it is at or above fail_on. Info never does.
  bool fails(Severity severity) const { return severity >= std::max(fail_on, Severity::low); }
};

// Maps the devices of a result to their findings. Holds pointers into the result, which must
// outlive it unchanged. Immutable; any thread.
class FindingsByDevice {
 public:
  explicit FindingsByDevice(const AuditResult& result);

  // The findings about a device of this source, the worst first.
  const std::vector<const Finding*>& of(std::size_t source, const DeviceSummary& device) const;

 private:
  std::map<std::tuple<std::size_t, Domid, std::string>, std::vector<const Finding*>> findings_;
};

}  // namespace xsaudit
