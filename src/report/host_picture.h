// Where in the picture of a host everything lies: which guests and devices are shown, and at which
// height. Columns have fixed places; only heights are worked out. Holds pointers into the result,
// which must outlive it. A plain value.
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
  static constexpr int kGap = 14;
  static constexpr std::size_t kMaxGuests = 60;
  static constexpr std::size_t kMaxDevices = 24;  // of one guest

  struct Row {
    const DeviceSummary* device = nullptr;
    const std::vector<const Finding*>* findings = nullptr;
    int y = 0;                     // its middle, in the guest's box
    std::optional<int> backend_y;  // and in the box of who serves it, where it has a backend
  };
  struct Box {
    const Guest* domain = nullptr;
    int top = 0;
    int bottom = 0;
    std::vector<const Finding*> findings;  // about the guest; those about a device too
    std::vector<Row> rows;                 // of a guest
    std::size_t left_out = 0;              // devices that are not shown
  };

  std::vector<Box> guests;
  std::vector<Box> backends;                   // without rows: those are where the guests' rows say
  std::map<std::string, int> backend_heights;  // by the backend's path
  std::size_t guests_left_out = 0;
  int height = 0;
};

HostLayout lay_out_host(const AuditResult& result, std::size_t source,
                        const FindingsByDevice& findings);

// A picture of a host, as SVG to stand in an HTML page: on the left what the toolstack recorded, in
// the middle the guests with their devices, on the right who serves these; lines from each frontend
// to its record and to the backend that it names, marked where something is wrong. Classes and
// links are those that page/ gives a meaning. Stateless; any thread.

// `layout` is lay_out_host()'s of the same source.
void draw_host(const AuditResult& result, std::size_t source, const HostLayout& layout,
               MarkupWriter& markup);

}  // namespace xsaudit
