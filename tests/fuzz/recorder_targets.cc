// The reader of a flight recorder's segments. Whatever a segment is, reading it ends, what is wrong
// is safe to print, and a change that is read is written as it was.
#include <algorithm>

#include "source/recorder/segment_reader.h"
#include "targets.h"

namespace xsaudit {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void read_changes(std::string_view lines, Moment time) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const auto change = parse_change(lines.substr(0, end), time);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (!change) continue;
    const std::string text = write_change(*change, time);
    const auto again = parse_change(std::string_view(text).substr(0, text.size() - 1), time);
    require(again.has_value(), "its own change is not read");
    require(again->path == change->path && again->facts == change->facts,
            "its own change says something else");
  }
}

void read_segment(std::string_view bytes) {
  MemoryBytes source(bytes);
  SegmentReader reader(source, "fuzz");
  while (const RecordHead* const head = reader.next()) {
    if (head->kind == RecordKind::store) {
      reader.store();
    } else {
      read_changes(reader.text(), head->time);
    }
  }
  require(printable(reader.problem()), "a problem is not safe to print");
}

}  // namespace

std::vector<FuzzTarget> recorder_targets() {
  return {{"recorder", read_segment}, {"recorded-changes", [](std::string_view bytes) {
                                         read_changes(bytes, Moment(std::chrono::hours(1)));
                                       }}};
}

}  // namespace xsaudit
