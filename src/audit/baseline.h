// The findings at the time a baseline was written, so that an audit can mark new ones. A finding is
// recognised by its fingerprint: rule, path, guests by UUID. Domids are not part of it, because
// they change when the guest restarts; if a guest has no UUID, or could have written it itself, its
// findings are always new. A finding that has changed is new, too: one that is more severe, covers
// more or other nodes, or describes another state of them. Plain values; any thread.
// report/baseline_file.h reads and writes the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace xsaudit {

struct AuditResult;  // result.h, which holds a BaselineUse
struct Finding;

// Only the fingerprint, the severity, the count and the states are compared. The rest is for
// people.
struct KnownFinding {
  std::string rule;
  std::string guest;   // a UUID, or empty
  std::string device;  // "vif/0", or empty; escaped
  std::string path;    // with guests named by UUID (Guests::stable_path()); escaped
  Severity severity = Severity::info;
  std::uint64_t count = 1;  // nodes that the finding covered
  std::string fingerprint;
  // The states as in Finding. Several recordings of one host may show a fault in several states.
  std::vector<std::string> states;  // sorted, each once; not empty
  std::vector<std::string> others;
  std::vector<std::string> others_hashes;  // sorted, each once
};

struct Baseline {
  std::string file;                    // for reports
  std::vector<KnownFinding> findings;  // by rule, path and fingerprint, each fingerprint once
};

// A known finding that was not found again, and whether it is fixed.
struct GoneFinding {
  enum class Why : std::uint8_t {
    fixed,            // judged, and not found
    guest_not_there,  // its guest is not running, so it could not be judged
    not_judged,       // its rule was not run or not decided everywhere, or data is missing
  };
  KnownFinding finding;
  Why why = Why::fixed;
};
const char* to_text(GoneFinding::Why why);

struct BaselineUse {
  std::string file;
  std::uint64_t findings = 0;     // in the baseline
  std::vector<GoneFinding> gone;  // in the baseline's order
};

// Moves the known findings from result.findings to result.known, and sets result.baseline. The
// verdict must be computed afterwards.
void apply_baseline(const Baseline& baseline, AuditResult& result);

// A baseline of all findings that are not suppressed. Findings of an earlier baseline that are not
// known to be fixed are kept. Findings without a reliable identity are left out: see unnameable().
Baseline baseline_of(const AuditResult& result);

// The findings that no baseline can contain, because their guest has no reliable UUID and is not a
// dead domain whose leftovers can be recognised.
std::vector<const Finding*> unnameable(const AuditResult& result);

}  // namespace xsaudit
