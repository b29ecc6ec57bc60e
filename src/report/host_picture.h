// The layout of the picture of a host: which guests and devices are shown, and at which height.
// Columns have fixed positions; only heights are computed. Holds pointers into the result, which
// must outlive it. A plain value.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/result.h"
#include "report/markup_writer.h"

namespace xsaudit {

struct HostLayout {
  static constexpr int kRow = 24;
  static constexpr int kHeader = 30;
  static constexpr int kCounts = 22;  // the line of counts below a box's title
  static constexpr int kGap = 14;
  static constexpr std::size_t kMaxGuests = 60;
  static constexpr std::size_t kMaxDevices = 24;  // of one guest

  struct Row {
    const DeviceSummary* device = nullptr;
    const std::vector<const Finding*>* findings = nullptr;
    int y = 0;  // the height of its middle in the guest's box
    // The same in the box of its backend's domain, if it has a backend.
    std::optional<int> backend_y;
  };
  struct Box {
    const Guest* domain = nullptr;
    int top = 0;
    int bottom = 0;
    // About the guest or one of its devices, or with the domain as suspect.
    std::vector<const Finding*> findings;
    bool victim = false;       // a finding names the domain as its victim
    std::vector<Row> rows;     // of a guest
    std::size_t left_out = 0;  // devices that are not shown
  };

  std::vector<Box> guests;
  std::vector<Box> backends;  // without rows: their devices are at the guests' rows
  std::map<std::string, int> backend_heights;   // by the backend's path
  std::map<std::string, int> frontend_heights;  // by the frontend's path
  std::size_t guests_left_out = 0;
  int height = 0;
};

HostLayout lay_out_host(const AuditResult& result, std::size_t source,
                        const FindingsByDevice& findings);

// A picture of a host, as SVG inside an HTML page: on the left the toolstack's records, in the
// middle the guests with their devices, on the right the backend domains; lines lead from each
// frontend to its record and to the backend that it names, and are marked if a finding concerns
// them. page/ defines the classes and handles the links. Stateless; any thread.

// `layout` is the result of lay_out_host() for the same source.
void draw_host(const AuditResult& result, std::size_t source, const HostLayout& layout,
               MarkupWriter& markup);

}  // namespace xsaudit
