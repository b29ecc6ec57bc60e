// Reads the format of recording_format.h. Its content is not trusted: a line that does not belong
// to the format ends the reading, and a recording without its end has a gap.
#include <algorithm>
#include <ctime>
#include <utility>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/number_text.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"
#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

class RecordingReader {
 public:
  explicit RecordingReader(DumpInput& input) : input_(input) {
    info_.name = input.name();
    info_.kind = "xsaudit snapshot";
  }

  Result<Snapshot> read() {
    std::string_view line;
    bool first = true;
    bool ended = false;
    while (!ended && input_.next_line(line)) {
      if (!input_.line_ended()) break;  // half a line
      bool understood = false;
      if (std::exchange(first, false)) {
        // The given format may be wrong.
        if (!line.starts_with(kRecordingFirstWords)) return unexpected(line);
        understood = line.substr(kRecordingFirstWords.size()) == kRecordingVersion;
        if (!understood) return version(line);
      } else if (in_nodes_ && line == "end") {
        understood = ended = true;
      } else {
        understood = in_nodes_ ? read_node(line) : read_fact(line);
      }
      if (!understood) return unexpected(line);
    }
    XSAUDIT_TRY(input_.status());
    if (!ended || expected_nodes_ != nodes_) note_cut();
    while (input_.next_line(line)) {
      if (!ended || info_.host_record || !read_host_record(line)) return unexpected(line);
    }
    XSAUDIT_TRY(input_.status());
    return std::move(builder_).finish(std::move(info_), UnknownReason::not_recorded);
  }

 private:
  Error version(std::string_view line) const {
    return {input_.place(),
            "the recording is of another version: '" + escape_shortened(line, 40) + "'",
            "read it with the xsaudit that made it"};
  }

  Error unexpected(std::string_view line) const {
    return {input_.place(), "not a line of a recording: '" + escape_shortened(line, 80) + "'", ""};
  }

  // The text is not parsed here. Half a text is not kept.
  bool read_host_record(std::string_view line) {
    std::uint64_t bytes = 0;
    if (take_recorded_word(line) != "processes" || !whole_number(line, bytes)) return false;
    HostRecord record{.text = {}, .first_line = input_.line() + 1};
    if (bytes > kMaxHostRecordBytes || !input_.read(bytes, record.text)) {
      info_.add_gap(input_.place(), "the record of the host's processes is truncated");
    } else {
      info_.host_record = std::make_shared<const HostRecord>(std::move(record));
    }
    return true;
  }

  // Nodes on the path to the last line may have more children.
  void note_cut() {
    info_.add_gap(input_.place(), "the recording was truncated here");
    info_.coverage = Coverage::excerpt;
    for (const Step& step : way_) builder_.set_children(step.node, UnknownReason::not_recorded);
  }

  bool read_fact(std::string_view line) {
    const std::string_view key = take_recorded_word(line);
    if (key == "host") return unescape(line, info_.host);
    if (key == "time") {
      const auto time = parse_utc(line);
      if (time) info_.time = time;
      return time.has_value();
    }
    if (key == "daemon") return set(kDaemonWords.value(line), info_.daemon);
    if (key == "consistency") return set(kConsistencyWords.value(line), info_.consistency);
    if (key == "coverage") return read_coverage(line);
    if (key == "introduced") return read_introduced(line);
    if (key == "target") return read_target(line);
    if (key == "clients") return read_clients(line);
    if (info_.clients && read_client_fact(key, line)) return true;
    if (key == "gap") return read_gap(line);
    if (key == "gaps") return read_gap_count(line);
    if (key == "any-domid") {
      info_.any_domid = line == "yes";
      return line == "yes" || line == "no";
    }
    if (key == "permissions") {
      info_.has_permissions = line == "yes";
      return line == "yes" || line == "no";
    }
    in_nodes_ = key == "nodes";
    return in_nodes_ && whole_number(line, expected_nodes_);
  }

  template <typename Value>
  static bool set(const std::optional<Value>& value, Value& into) {
    into = value.value_or(into);
    return value.has_value();
  }

  bool read_coverage(std::string_view line) {
    if (!set(kCoverageWords.value(take_recorded_word(line)), info_.coverage)) return false;
    if (info_.coverage != Coverage::subtree) return line.empty();
    return unescape(line, info_.covered) && valid_path(info_.covered);
  }

  bool read_introduced(std::string_view line) {
    info_.introduced.emplace();
    while (!line.empty()) {
      Domid domid = 0;
      if (!whole_number(take_recorded_word(line), domid) || !can_exist(domid)) return false;
      const bool sorted = info_.introduced->empty() || info_.introduced->back() < domid;
      if (!sorted) return false;
      info_.introduced->push_back(domid);
    }
    return true;
  }

  bool read_target(std::string_view line) {
    auto& [stub, target] = info_.targets.emplace_back();
    return whole_number(take_recorded_word(line), stub) && can_exist(stub) &&
           whole_number(line, target) && can_exist(target);
  }

  bool read_clients(std::string_view line) {
    const std::string_view watches = take_recorded_word(line);
    const auto known = [](std::string_view text) { return text == "yes" || text == "no"; };
    if (info_.clients || !known(watches) || !known(line)) return false;
    info_.clients.emplace();
    info_.clients->lists_watches = watches == "yes";
    info_.clients->lists_transactions = line == "yes";
    return true;
  }

  // False for a line of another kind, and for one without the right form.
  bool read_client_fact(std::string_view key, std::string_view line) {
    if (key == "limit") return read_limit(line, info_.clients->limits);
    if (key == "watch") return read_watch(line);
    Domid domid = 0;
    const bool of_domain = key == "limit-of" || key == "watch-count" || key == "transactions";
    if (!of_domain || !whole_number(take_recorded_word(line), domid) || !can_exist(domid))
      return false;
    if (key == "limit-of") return read_limit(line, info_.clients->limits_of[domid]);
    auto& counts = key == "watch-count" ? info_.clients->watch_counts : info_.clients->transactions;
    return whole_number(line, counts[domid]);
  }

  static bool read_limit(std::string_view line, ClientState::Limits& limits) {
    std::string name;
    return unescape(take_recorded_word(line), name) && whole_number(line, limits[name]);
  }

  // The writer has sorted the watches.
  bool read_watch(std::string_view line) {
    ClientState::Watch watch;
    const std::string_view client = take_recorded_word(line);
    Domid domid = 0;
    if (client != "-") {
      if (!whole_number(client, domid) || !can_exist(domid)) return false;
      watch.domid = domid;
    }
    auto& watches = info_.clients->watches;
    if (!unescape(line, watch.path)) return false;
    if (!watches.empty() && watch.domid < watches.back().domid) return false;
    watches.push_back(std::move(watch));
    return true;
  }

  bool read_gap(std::string_view line) {
    ++info_.gap_count;
    auto& gap = info_.gaps.emplace_back();
    return info_.gaps.size() <= SnapshotInfo::kMaxGaps &&
           unescape(take_recorded_word(line), gap.place) && unescape(line, gap.what) &&
           printable(gap.place) && printable(gap.what);  // reports print them as they are
  }

  // Some of the gaps are written out: all of them, or as many as are kept.
  bool read_gap_count(std::string_view text) {
    std::uint64_t count = 0;
    if (!whole_number(text, count) || count < info_.gap_count) return false;
    info_.gap_count = count;
    return count == 0 || !info_.gaps.empty();
  }

  static bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  }

  bool read_node(std::string_view line) {
    std::size_t depth = 0;
    if (!whole_number(take_recorded_word(line), depth)) return false;
    const std::string_view name = take_recorded_word(line);
    const std::string_view permissions = take_recorded_word(line);
    const std::string_view children = take_recorded_word(line);
    const NodeId node = add(depth, name);
    if (node == kNoNode) return false;
    ++nodes_;
    const auto reason = parse_recorded_reason(permissions);
    if (permissions == line &&
        (reason == UnknownReason::not_covered || reason == UnknownReason::not_recorded)) {
      builder_.set_unrecorded(node, *reason);
      return read_children(node, children);
    }
    return read_permissions(node, permissions) && read_children(node, children) &&
           read_value(node, line);
  }

  NodeId add(std::size_t depth, std::string_view name) {
    if (way_.empty()) {
      if (depth != 0 || name != "/") return kNoNode;
      way_.push_back({kRootNode, 0});
      return kRootNode;
    }
    if (depth == 0 || depth > way_.size() || !unescape(name, room_)) return kNoNode;
    if (room_.empty() || room_.find('/') != std::string::npos) return kNoNode;
    way_.resize(depth);
    const std::size_t path_bytes = way_.back().path_bytes + 1 + room_.size();
    const std::size_t before = builder_.size();
    if (path_bytes > kMaxPathBytes) return kNoNode;
    const NodeId node = builder_.child(way_.back().node, room_);
    if (builder_.size() == before) return kNoNode;  // there already
    way_.push_back({node, path_bytes});
    builder_.set_line(node, input_.line());
    return node;
  }

  bool read_permissions(NodeId node, std::string_view text) {
    if (const auto reason = parse_recorded_reason(text)) {
      builder_.set_permissions_unknown(node, *reason);
      return true;
    }
    if (parse_recorded_permissions(text, list_)) {
      builder_.set_permissions(node, list_);
    } else {
      info_.add_gap(input_.place(),
                    "'" + escape_shortened(text, 80) + "' is not a list of permissions");
      builder_.set_permissions_unknown(node, UnknownReason::not_recorded);
    }
    return true;
  }

  bool read_children(NodeId node, std::string_view text) {
    const auto reason = text == "." ? UnknownReason::known : parse_recorded_reason(text);
    if (reason) builder_.set_children(node, *reason);
    return reason.has_value();
  }

  bool read_value(NodeId node, std::string_view text) {
    if (text.starts_with('=')) {
      if (!unescape(text.substr(1), room_)) return false;
      builder_.set_value(node, room_);
      return true;
    }
    const auto reason = parse_recorded_reason(text);
    if (reason) builder_.set_value_unknown(node, *reason);
    return reason.has_value();
  }

  struct Step {
    NodeId node;
    std::size_t path_bytes;
  };

  DumpInput& input_;
  SnapshotBuilder builder_;
  SnapshotInfo info_;
  bool in_nodes_ = false;
  std::uint64_t expected_nodes_ = 0;
  std::uint64_t nodes_ = 0;
  std::vector<Step> way_;  // from "/" to the node of the last line
  std::string room_;
  Permissions list_;
};

bool is_recording(std::string_view head) { return head.starts_with(kRecordingFirstWords); }

Result<Snapshot> read_recording(DumpInput& input, const DumpOptions&) {
  return RecordingReader(input).read();
}

}  // namespace

std::string_view take_recorded_word(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

bool parse_recorded_permissions(std::string_view text, Permissions& permissions) {
  permissions.clear();
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    const bool stale = one.ends_with('!');
    if (stale) one.remove_suffix(1);
    auto entry = parse_permission_entry(one);
    if (!entry) return false;
    entry->stale = stale;
    permissions.push_back(*entry);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

std::optional<UnknownReason> parse_recorded_reason(std::string_view text) {
  return text.starts_with('?') ? kReasonWords.value(text.substr(1)) : std::nullopt;
}

const DumpForm kRecording = {"xsaudit", is_recording, read_recording};

}  // namespace xsaudit
