#include "report/device_lines.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/escape.h"
#include "base/wording.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

using Line = std::vector<std::string>;

// The number of bytes of a name or a value that a column shows.
constexpr std::size_t kMaxBytes = 24;

std::string presence_of(const DevicePart& part) {
  if (part.path.empty()) return "-";
  switch (part.presence) {
    case Presence::present: return "there";
    case Presence::absent: return "none";
    case Presence::unknown: break;
  }
  return "unknown";
}

std::string state_column(const DevicePart& part) {
  if (part.path.empty() || part.presence != Presence::present) return presence_of(part);
  if (!part.state_name.empty()) return part.state_name;
  if (part.state.unknown != UnknownReason::known) return "state unknown";
  if (part.state.presence != Presence::present) return "no state";
  return "state " + double_quoted(part.state.value);
}

std::string backend_of(const DeviceSummary& device) {
  if (!device.backend_domid) return "-";
  return std::to_string(*device.backend_domid) + " " +
         escape_shortened(device.backend_kind, kMaxBytes);
}

Line line_of(const DeviceSummary& device, const std::map<Domid, std::string>& names,
             const std::vector<std::string>& rules, bool has_kernel) {
  std::string guest = std::to_string(device.domid);
  if (const auto name = names.find(device.domid); name != names.end() && !name->second.empty()) {
    guest += " " + double_quoted(name->second, kMaxBytes);
  }
  Line line = {
      std::move(guest),
      escape_shortened(device.kind, kMaxBytes) + "/" + escape_shortened(device.id, kMaxBytes),
      backend_of(device),
      presence_of(device.record),
      state_column(device.frontend),
      state_column(device.backend)};
  if (has_kernel) line.push_back(kernel_phrase(device));
  line.push_back(joined(rules));
  return line;
}

// The UUIDs by which suppressions name the guests with devices.
std::string guest_lines(const DeviceList& list) {
  std::set<Domid> with_devices;
  for (const DeviceSummary& device : list.devices) with_devices.insert(device.domid);
  std::string text;
  for (const Guest& guest : list.domains) {
    if (guest.uuid.empty() || !with_devices.contains(guest.domid)) continue;
    text += guest_phrase(guest) + ": UUID " + escape(guest.uuid) + "\n";
  }
  return text;
}

std::string table(const AuditResult& result, std::size_t source) {
  const DeviceList& list = result.sources[source].devices;
  if (list.devices.empty()) return "no devices\n";
  std::map<Domid, std::string> names;
  for (const Guest& guest : list.domains) names.emplace(guest.domid, guest.name);
  const bool has_kernel = has_kernel_view(list);
  Line headings = {"GUEST", "DEVICE", "SERVED BY", "RECORD", "FRONTEND", "BACKEND"};
  if (has_kernel) headings.emplace_back("KERNEL");
  headings.emplace_back("FINDINGS");
  std::vector<Line> lines = {std::move(headings)};
  const FindingsByDevice findings(result);
  for (const DeviceSummary& device : list.devices) {
    lines.push_back(line_of(device, names,
                            rule_phrases(result, device, findings.of(source, device)), has_kernel));
  }

  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      row += line[i];
      row.append(widths[i] - line[i].size() + 2, ' ');
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  if (list.left_out > 0)
    text += "and " + plural(list.left_out, "more device", "more devices") + "\n";
  return text;
}

}  // namespace

std::string write_device_lines(const AuditResult& result, std::size_t source) {
  std::string text = table(result, source);
  std::string about_guests = guest_lines(result.sources[source].devices);
  for (const GuestNote& note : result.notes) {
    if (note.source == source) about_guests += guest_phrase(note.guest) + ": " + note.text + "\n";
  }
  for (const UndecidedGroup& group : undecided_groups(result, source)) {
    about_guests += "not evaluated: " + group.reason + " (" + joined(group.rules) + ")\n";
  }
  return about_guests.empty() ? text : text + "\n" + about_guests;
}

}  // namespace xsaudit
