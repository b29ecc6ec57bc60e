// The findings at the time a baseline was written, so that an audit can mark new ones. A finding is
// known by its fingerprint: rule, path, guests by UUID. A domid says nothing, because it changes
// when the guest restarts; where a guest has no UUID, or could have written it itself, its findings
// are never known. Nor is a finding known that has changed: one that is more severe, at more nodes
// or at others, or that is about another state of them than before. Plain values; any thread. The
// file is report/baseline_file.h's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace xsaudit {

struct AuditResult;  // result.h, which holds a BaselineUse

// Everything but the fingerprint and what may grow is for people.
struct KnownFinding {
  std::string rule;
  std::string guest;   // a UUID, or empty
  std::string device;  // "vif/0", or empty; escaped
  std::string path;    // with guests named by UUID (Guests::stable_path()); escaped
  Severity severity = Severity::info;
  std::uint64_t count = 1;  // nodes that it stood for
  std::string fingerprint;
  // As Finding has them. Several recordings of one host may show a fault in several states.
  std::vector<std::string> states;  // sorted, each once; not empty
  std::vector<std::string> others;
  std::vector<std::string> others_hashes;  // sorted, each once
};

struct Baseline {
  std::string file;                    // for reports
  std::vector<KnownFinding> findings;  // by rule, path and fingerprint, each fingerprint once
};

// A known finding that is gone, and whether that means that it is fixed.
struct GoneFinding {
  enum class Why : std::uint8_t {
    fixed,            // looked for, and not there
    guest_not_there,  // its guest is not running
    not_judged,       // its rule was not run or not decided everywhere, or something is missing
  };
  KnownFinding finding;
  Why why = Why::fixed;
};
const char* to_text(GoneFinding::Why why);

struct BaselineUse {
  std::string file;
  std::uint64_t findings = 0;     // that the baseline lists
  std::vector<GoneFinding> gone;  // in the baseline's order
};

// Moves the findings that are known from result.findings to result.known, and sets result.baseline.
// The verdict has to be drawn afterwards.
void apply_baseline(const Baseline& baseline, AuditResult& result);

// A baseline of all findings that are not suppressed. Findings of an earlier baseline that are not
// known to be fixed are kept. Findings that it cannot name are left out: see unnameable().
Baseline baseline_of(const AuditResult& result);

// How many findings no baseline can hold, for want of a UUID that says whose they are.
std::uint64_t unnameable(const AuditResult& result);

}  // namespace xsaudit
