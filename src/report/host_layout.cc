#include "report/host_layout.h"

#include <algorithm>
#include <set>

namespace xsaudit {
namespace {

using Box = HostLayout::Box;
using Row = HostLayout::Row;

bool contradicts(const Row& row) {
  return !row.findings->empty() || !row.device->disagreements.empty();
}

// The more is wrong, the larger: by this it is chosen what is shown.
int urgency(const Box& box) {
  if (!box.findings.empty()) return 2 + static_cast<int>(box.findings.front()->severity);
  return std::any_of(box.rows.begin(), box.rows.end(), contradicts) ? 1 : 0;
}

template <typename Items, typename Urgency>
std::size_t keep_most_urgent(Items& items, std::size_t most, const Urgency& urgency) {
  if (items.size() <= most) return 0;
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return urgency(items[a]) > urgency(items[b]);
  });
  order.resize(most);
  std::sort(order.begin(), order.end());
  Items kept;
  for (const std::size_t index : order) kept.push_back(std::move(items[index]));
  const std::size_t left_out = items.size() - most;
  items = std::move(kept);
  return left_out;
}

std::vector<Box> guests_of(const AuditResult& result, std::size_t source,
                           const FindingsByDevice& findings) {
  const DeviceList& list = result.sources[source].devices;
  std::map<Domid, Box> boxes;
  std::set<Domid> serving;
  for (const DeviceSummary& device : list.devices) {
    boxes[device.domid].rows.push_back({&device, &findings.of(source, device), 0, std::nullopt});
    if (device.backend_domid) serving.insert(*device.backend_domid);
  }
  for (const Finding& finding : result.findings) {
    if (finding.source == source && finding.guest) {
      boxes[finding.guest->domid].findings.push_back(&finding);
    }
  }
  std::vector<Box> guests;
  for (const Guest& domain : list.domains) {
    // Who only serves others is on the other side.
    const auto box = boxes.find(domain.domid);
    if (box == boxes.end() && (serving.contains(domain.domid) || domain.domid == 0)) continue;
    guests.push_back(box == boxes.end() ? Box() : std::move(box->second));
    guests.back().domain = &domain;
  }
  return guests;
}

const Guest* find_domain(const DeviceList& list, Domid domid) {
  const auto found =
      std::lower_bound(list.domains.begin(), list.domains.end(), domid,
                       [](const Guest& guest, Domid wanted) { return guest.domid < wanted; });
  return found != list.domains.end() && found->domid == domid ? &*found : nullptr;
}

int place_guests(std::vector<Box>& guests) {
  int y = 0;
  for (Box& guest : guests) {
    guest.top = y;
    y += HostLayout::kHeader;
    for (Row& row : guest.rows) {
      row.y = y + HostLayout::kRow / 2;
      y += HostLayout::kRow;
    }
    if (guest.left_out > 0) y += HostLayout::kRow;
    guest.bottom = y;
    y += HostLayout::kGap;
  }
  return y;
}

// One box below the other, each row no higher than its guest's, so that lines run level where one
// domain serves all.
int place_backends(HostLayout& layout, const DeviceList& list) {
  std::map<Domid, std::vector<Row*>> served;
  for (Box& guest : layout.guests) {
    for (Row& row : guest.rows) {
      const bool there = row.device->backend.presence == Presence::present;
      if (there && row.device->backend_domid) served[*row.device->backend_domid].push_back(&row);
    }
  }
  int y = 0;
  for (auto& [domid, rows] : served) {
    Box box;
    box.domain = find_domain(list, domid);
    if (box.domain == nullptr) continue;
    box.top = y;
    y += HostLayout::kHeader;
    for (Row* row : rows) {
      const int middle = std::max(y + HostLayout::kRow / 2, row->y);
      row->backend_y = middle;
      layout.backend_heights[row->device->backend.path] = middle;
      y = middle + HostLayout::kRow / 2;
    }
    box.bottom = y;
    y += HostLayout::kGap;
    layout.backends.push_back(std::move(box));
  }
  return y;
}

}  // namespace

HostLayout lay_out_host(const AuditResult& result, std::size_t source,
                        const FindingsByDevice& findings) {
  HostLayout layout;
  layout.guests = guests_of(result, source, findings);
  layout.guests_left_out = keep_most_urgent(layout.guests, HostLayout::kMostGuests, urgency);
  for (Box& guest : layout.guests) {
    guest.left_out = keep_most_urgent(guest.rows, HostLayout::kMostDevices, contradicts);
  }
  const int guests_end = place_guests(layout.guests);
  layout.height = std::max(guests_end, place_backends(layout, result.sources[source].devices));
  return layout;
}

}  // namespace xsaudit
