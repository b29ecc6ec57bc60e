#include "source/archive/domain_listing.h"

#include <algorithm>
#include <optional>

#include "base/escape.h"
#include "base/number_text.h"

namespace xsaudit {
namespace {

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view take_last_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t blank = text.rfind(' ');
  const std::string_view word = text.substr(blank + 1);  // npos + 1 is 0
  text.remove_suffix(word.size());
  return word;
}

struct Row {
  Domid domid = 0;
  bool dying = false;
};

// "Name  ID  Mem VCPUs State Time(s)": a name may contain blanks, so the columns count from the
// end.
std::optional<Row> xl_row(std::string_view line) {
  Row row;
  double time = 0;
  const std::string_view seconds = take_last_word(line);
  const std::string_view state = take_last_word(line);
  std::uint32_t number = 0;
  const auto [end, failed] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), time);
  if (failed != std::errc() || end != seconds.data() + seconds.size()) return std::nullopt;
  if (!whole_number(take_last_word(line), number)) return std::nullopt;  // VCPUs
  if (!whole_number(take_last_word(line), number)) return std::nullopt;  // memory
  if (!whole_number(take_last_word(line), row.domid)) return std::nullopt;
  row.dying = state.find('d') != std::string_view::npos;
  return row;
}

// "id | uuid | state"
std::optional<Row> list_domains_row(std::string_view line) {
  const std::size_t first = line.find('|');
  const std::size_t last = line.rfind('|');
  Row row;
  if (first == last || !whole_number(trimmed(line.substr(0, first)), row.domid)) {
    return std::nullopt;
  }
  row.dying = line.substr(last).find('D') != std::string_view::npos;
  return row;
}

}  // namespace

Result<std::vector<Domid>> read_domain_listing(std::string_view text) {
  std::vector<Domid> domids;
  bool heading = true;
  std::size_t number = 0;
  for (; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const bool first = std::exchange(heading, false);
    const auto row =
        line.find('|') == std::string_view::npos ? xl_row(line) : list_domains_row(line);
    if (!row && first) continue;
    if (!row || row->domid >= kFirstReservedDomid) {
      return Error{std::to_string(number + 1),
                   "not a line of xl list or list_domains: '" + escape_shortened(line, 60) + "'",
                   ""};
    }
    if (!row->dying) domids.push_back(row->domid);
  }
  if (domids.empty()) return Error{"", "the list of domains is empty", ""};
  std::sort(domids.begin(), domids.end());
  domids.erase(std::unique(domids.begin(), domids.end()), domids.end());
  return domids;
}

}  // namespace xsaudit
