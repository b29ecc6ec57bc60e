// Which findings of a result are about which device. Holds pointers into the result, which must
// outlive it unchanged. Immutable; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

class FindingsByDevice {
 public:
  explicit FindingsByDevice(const AuditResult& result);

  // Those about a device of this source, the worst first.
  const std::vector<const Finding*>& of(std::size_t source, const DeviceSummary& device) const;

 private:
  std::map<std::tuple<std::size_t, Domid, std::string>, std::vector<const Finding*>> findings_;
};

}  // namespace xsaudit
