#include "report/host_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/escape.h"
#include "base/wording.h"
#include "report/phrases.h"

namespace xsaudit {

namespace {

using Box = HostLayout::Box;
using Row = HostLayout::Row;

// A rank by the severity of the findings. The boxes with the highest ranks are shown.
int urgency(const Box& box) {
  int most = 0;
  for (const Finding* const finding : box.findings) {
    most = std::max(most, 1 + static_cast<int>(finding->severity));
  }
  for (const Row& row : box.rows) {
    for (const Finding* const finding : *row.findings) {
      most = std::max(most, 1 + static_cast<int>(finding->severity));
    }
  }
  return most;
}

// Whether another domain than the guest that the finding is about is its suspect.
bool accuses_another(const Finding& finding) {
  return finding.suspect && finding.guest && finding.suspect->domid != finding.guest->domid;
}

bool has_counts(const Box& box) { return !box.findings.empty() || box.victim; }

int header_height(const Box& box) {
  return HostLayout::kHeader + (has_counts(box) ? HostLayout::kCounts : 0);
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

using Accused = std::map<Domid, std::vector<const Finding*>>;

// `accused`: the findings of which a domain that serves devices is the suspect.
std::vector<Box> guests_of(const AuditResult& result, std::size_t source,
                           const FindingsByDevice& findings, Accused& accused) {
  const DeviceList& list = result.sources[source].devices;
  std::map<Domid, Box> boxes;
  std::set<Domid> serving;
  for (const DeviceSummary& device : list.devices) {
    boxes[device.domid].rows.push_back({&device, &findings.of(source, device), 0, std::nullopt});
    if (device.backend_domid) serving.insert(*device.backend_domid);
  }
  std::set<Domid> victims;
  for (const Finding& finding : result.findings) {
    if (finding.source != source) continue;
    if (finding.victim) victims.insert(finding.victim->domid);
    const auto& domain = heading_guest(finding);
    if (!domain) continue;
    const bool serves = accuses_another(finding) && serving.contains(domain->domid);
    (serves ? accused[domain->domid] : boxes[domain->domid].findings).push_back(&finding);
  }
  std::vector<Box> guests;
  for (const Guest& domain : list.domains) {
    // Domains with backends only are shown on the right.
    const auto box = boxes.find(domain.domid);
    if (box == boxes.end() && (serving.contains(domain.domid) || domain.domid == 0)) continue;
    guests.push_back(box == boxes.end() ? Box() : std::move(box->second));
    guests.back().domain = &domain;
    guests.back().victim = victims.contains(domain.domid);
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
    y += header_height(guest);
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

// Places the boxes below each other, each row no higher than its guest's row, so that lines are
// horizontal if one domain serves all guests.
int place_backends(HostLayout& layout, const DeviceList& list, Accused& accused) {
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
    box.findings = std::move(accused[domid]);
    box.top = y;
    y += header_height(box);
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
  Accused accused;
  layout.guests = guests_of(result, source, findings, accused);
  layout.guests_left_out = keep_most_urgent(layout.guests, HostLayout::kMaxGuests, urgency);
  for (Box& guest : layout.guests) {
    guest.left_out = keep_most_urgent(guest.rows, HostLayout::kMaxDevices,
                                      [](const Row& row) { return !row.findings->empty(); });
  }
  const int guests_end = place_guests(layout.guests);
  layout.height =
      std::max(guests_end, place_backends(layout, result.sources[source].devices, accused));
  for (const Box& guest : layout.guests) {
    for (const Row& row : guest.rows) layout.frontend_heights[row.device->frontend.path] = row.y;
  }
  return layout;
}

namespace {

using Box = HostLayout::Box;
using Row = HostLayout::Row;

// The columns from left to right: records, guests, backend domains.
constexpr int kRecord = 10;
constexpr int kRecordWidth = 120;
constexpr int kGuest = 190;
constexpr int kGuestWidth = 370;
constexpr int kBackend = 730;
constexpr int kBackendWidth = 290;
constexpr int kWidth = 1030;
constexpr int kTop = 34;  // the first box, below the headings

std::string number(int value) { return std::to_string(value); }

// Shortens a text to a width, so that no name that a guest chose overlaps anything else.
std::string fitting(std::string text, int width) {
  constexpr int kCharacter = 7;  // the width of a bold character of the page's font
  const auto most = static_cast<std::size_t>(width / kCharacter);
  if (text.size() > most) text.replace(most - 3, std::string::npos, "...");
  return text;
}

std::string title_of(const Guest& domain, bool dead, int width) {
  std::string text = "domain " + std::to_string(domain.domid) + (dead ? ", dead" : "");
  if (!domain.name.empty()) text += " " + in_quotes(domain.name);
  return fitting(std::move(text), width);
}

std::string state_of(const DevicePart& part) {
  if (!part.state_name.empty()) return part.state_name;
  if (part.state.presence == Presence::absent) return "no state";
  return part.state.unknown == UnknownReason::known ? in_quotes(part.state.value) : "state unknown";
}

// The worst severity of the findings about a device that have another domain as suspect, or of its
// other findings; nothing without any.
std::optional<Severity> worst(const Row& row, bool another) {
  for (const Finding* const finding : *row.findings) {
    if (accuses_another(*finding) == another) return finding->severity;
  }
  return std::nullopt;
}

// "high" and so on, the worst severity of the findings about a device; "victim" if its guest is the
// victim of a more severe one; empty without findings.
std::string mark_of(const Row& row) {
  const auto own = worst(row, false);
  if (const auto other = worst(row, true); other && (!own || *other > *own)) return "victim";
  return own ? to_text(*own) : "";
}

bool known(const DeviceNode& node) {
  return node.presence == Presence::present && node.unknown == UnknownReason::known;
}

class Picture {
 public:
  Picture(const SourceSummary& source, const HostLayout& layout, MarkupWriter& markup)
      : source_(source), layout_(layout), markup_(markup) {}

  void draw() {
    const std::string width = number(kWidth);
    const std::string height = number(kTop + layout_.height);
    markup_.open("svg", {{"class", "host"},
                         {"role", "img"},
                         {"viewBox", "0 0 " + width + " " + height},
                         {"width", width},
                         {"height", height}});
    markup_.element("title", "Domains, their devices, and who serves them");
    label(kRecord, 18, "column", "recorded by the toolstack");
    label(kGuest, 18, "column", "guests and their frontends");
    label(kBackend, 18, "column", "backends");
    for (const Box& backend : layout_.backends) {
      box(backend, kBackend, kBackendWidth, "backend-domain");
      counts(backend, kBackend);
    }
    for (const Box& guest : layout_.guests) {
      box(guest, kGuest, kGuestWidth, "guest");
      counts(guest, kGuest);
      for (const Row& row : guest.rows) device(row);
      if (guest.left_out > 0) {
        label(kGuest + 12, kTop + guest.bottom - 8, "more",
              "and " + plural(guest.left_out, "more device", "more devices"));
      }
    }
    markup_.close();
  }

 private:
  void label(int x, int y, std::string_view kind, const std::string& text) {
    markup_.element("text", text, {{"class", kind}, {"x", number(x)}, {"y", number(y)}});
  }

  void rectangle(const std::string& kind, int x, int y, int width, int height) {
    markup_.empty("rect", {{"class", kind},
                           {"x", number(x)},
                           {"y", number(y)},
                           {"width", number(width)},
                           {"height", number(height)},
                           {"rx", "4"}});
  }

  void curve(const std::string& kind, int x1, int y1, int x2, int y2) {
    const int middle = (x1 + x2) / 2;
    markup_.empty(
        "path",
        {{"class", kind},
         {"d", fmt::format("M{} {} C{} {} {} {} {} {}", x1, y1, middle, y1, middle, y2, x2, y2)}});
  }

  // The end of a line whose target is missing is a cross.
  void dead_end(int x, int y) {
    markup_.empty("path", {{"class", "dead-end"},
                           {"d", fmt::format("M{} {} l8 8 m0 -8 l-8 8", x - 4, y - 4)}});
  }

  void box(const Box& box, int x, int width, const std::string& kind) {
    const bool dead = source_.liveness.state(box.domain->domid) == Liveness::State::dead;
    rectangle(kind + (dead ? " dead" : ""), x, kTop + box.top, width, box.bottom - box.top);
    label(x + 12, kTop + box.top + 20, "domain", title_of(*box.domain, dead, width - 24));
  }

  // The findings that stand under a domain, by severity, and whether it is a victim.
  void counts(const Box& box, int left) {
    if (!has_counts(box)) return;
    std::array<std::size_t, 5> counts{};
    for (const Finding* const finding : box.findings) {
      ++counts[static_cast<std::size_t>(finding->severity)];
    }
    markup_.open("a", {{"href", "#about=" + std::to_string(box.domain->domid)}});
    int x = left + 8;
    const auto badge = [&](const std::string& kind, const std::string& text) {
      constexpr int kCharacter = 6;
      const int width = kCharacter * static_cast<int>(text.size()) + 14;
      rectangle("badge " + kind, x, kTop + box.top + HostLayout::kHeader - 2, width, 18);
      label(x + 7, kTop + box.top + HostLayout::kHeader + 11, "badge-text", text);
      x += width + 5;
    };
    for (std::size_t i = counts.size(); i-- > 0;) {
      const std::string severity = to_text(static_cast<Severity>(i));
      if (counts[i] > 0) badge(severity, std::to_string(counts[i]) + " " + severity);
    }
    if (box.victim) badge("victim", "victim");
    markup_.close();
  }

  void device(const Row& row) {
    const DeviceSummary& device = *row.device;
    const std::string mark = mark_of(row);
    const int y = kTop + row.y;
    markup_.open("a", {{"href", "#about=" + std::to_string(device.domid) + "/" +
                                    escape(device.kind) + "/" + escape(device.id)}});
    markup_.open("g", {{"class", mark.empty() ? "device" : "device " + mark}});
    markup_.element("title", explanation(row));
    record(device, y);
    backend(row, y);
    rectangle("frontend", kGuest + 8, y - 10, kGuestWidth - 16, 20);
    label(kGuest + 18, y + 4, "device-name",
          fitting(escape(device.kind) + "/" + escape(device.id), 108));
    label(kGuest + 130, y + 4, "state",
          device.frontend.presence == Presence::present   ? fitting(state_of(device.frontend), 98)
          : device.frontend.presence == Presence::unknown ? "not recorded"
                                                          : "no frontend");
    if (!mark.empty()) label(kGuest + kGuestWidth - 100, y + 4, "mark", mark);
    markup_.close();
    markup_.close();
  }

  void record(const DeviceSummary& device, int y) {
    const bool there = device.record.presence == Presence::present;
    const bool wrong = there && known(device.record.names) && !device.backend.path.empty() &&
                       device.record.names.value != device.backend.path;
    rectangle(there ? (wrong ? "record wrong" : "record") : "record missing", kRecord, y - 9,
              kRecordWidth, 18);
    label(kRecord + 10, y + 4, "state",
          there                                         ? "record"
          : device.record.presence == Presence::unknown ? "not known"
                                                        : "no record");
    if (there) curve(wrong ? "link wrong" : "link", kRecord + kRecordWidth, y, kGuest + 8, y);
  }

  void backend(const Row& row, int y) {
    const DeviceSummary& device = *row.device;
    const int from = kGuest + kGuestWidth - 8;
    const DeviceNode& names = device.frontend.names;
    const bool elsewhere = known(names) && names.value != device.backend.path;
    if (row.backend_y) {
      const int to = kTop + *row.backend_y;
      curve(elsewhere ? "link set-up" : "link", from, y, kBackend + 8, to);
      backend_end(row, to);
    } else if (device.backend.presence == Presence::absent && !elsewhere) {
      curve("link wrong", from, y, from + 60, y);
      dead_end(from + 60, y);
    }
    if (!elsewhere) return;
    const auto target = layout_.backend_heights.find(names.value);
    if (target != layout_.backend_heights.end()) {
      curve("link wrong", from, y, kBackend + 8, kTop + target->second);
    } else {
      curve("link wrong", from, y, from + 60, y + 8);
      dead_end(from + 60, y + 8);
    }
  }

  // The backend of a device, and where it leads if it names another frontend.
  void backend_end(const Row& row, int y) {
    const DeviceSummary& device = *row.device;
    const DeviceNode& serves = device.backend.names;
    const bool another = known(serves) && serves.value != device.frontend.path;
    const auto accused = worst(row, true);
    const std::string mark = accused ? to_text(*accused) : "";
    if (!mark.empty()) markup_.open("g", {{"class", mark}});
    rectangle(another || !mark.empty() ? "backend wrong" : "backend", kBackend + 8, y - 10,
              kBackendWidth - 16, 20);
    label(kBackend + 18, y + 4, "device-name",
          fitting(escape(device.backend_kind) + "/" + std::to_string(device.domid) + "/" +
                      escape(device.id),
                  138));
    label(kBackend + 160, y + 4, mark.empty() ? "state" : "mark",
          mark.empty() ? fitting(backend_state(device), 118) : mark);
    if (another) {
      const auto target = layout_.frontend_heights.find(serves.value);
      if (target != layout_.frontend_heights.end()) {
        curve("link wrong", kBackend + 8, y, kGuest + kGuestWidth - 8, kTop + target->second);
      } else {
        curve("link wrong", kBackend + 8, y, kBackend - 52, y + 14);
        dead_end(kBackend - 52, y + 14);
      }
    }
    if (!mark.empty()) markup_.close();
  }

  // The state in the store, and the kernel's where it has another.
  static std::string backend_state(const DeviceSummary& device) {
    const std::string state = state_of(device.backend);
    if (!device.kernel || device.kernel->state == device.backend.state_name) return state;
    return state + ", kernel: " +
           (device.kernel->driver.empty() ? "none" : escape_shortened(device.kernel->state));
  }

  static std::string explanation(const Row& row) {
    const DeviceSummary& device = *row.device;
    std::string text =
        "domain " + std::to_string(device.domid) + ", " + escape(device.kind) + "/" +
        escape(device.id) + "\nfrontend: " + escape_shortened(device.frontend.path) + ", " +
        state_of(device.frontend) + "\nbackend: " + escape_shortened(device.backend.path) + ", " +
        state_of(device.backend) + "\nrecord: " + escape_shortened(device.record.path);
    if (device.kernel) text += "\nkernel: " + kernel_phrase(device);
    for (const Finding* finding : *row.findings) text += "\n" + finding->message;
    return text;
  }

  const SourceSummary& source_;
  const HostLayout& layout_;
  MarkupWriter& markup_;
};

}  // namespace

void draw_host(const AuditResult& result, std::size_t source, const HostLayout& layout,
               MarkupWriter& markup) {
  Picture(result.sources[source], layout, markup).draw();
}

}  // namespace xsaudit
