// Selects the findings that a mail or a ticket shows in full: for one rule, source and subject (a
// guest's device, a guest, the host) the first few, which are the most severe. A guest can break a
// rule at each of its nodes. The others are counted, so that the report contains their number. Used
// by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

class FindingGroups {
 public:
  static constexpr std::uint64_t kMaxAlike = 5;

  // Whether the finding is shown in full. To be called once for each finding, in the order of the
  // report.
  bool admit(const Finding& finding);

  // "95 more of world-writable-node about domain 3: --format json lists all of them", one line for
  // each rule and subject, in the order in which they came.
  std::vector<std::string> rest(const AuditResult& result) const;

 private:
  struct Alike {
    std::size_t source;
    std::size_t rule;
    std::string subject;
    std::uint64_t count;
  };
  std::vector<Alike> all_;
  std::map<std::tuple<std::size_t, std::size_t, std::string>, std::size_t> places_;  // in all_
};

}  // namespace xsaudit
