// Reads the dump that oxenstored writes when it ends and for a live update (xen.git
// tools/ocaml/xenstored xenstored.ml DB.to_channel): a line a fact, texts in hexadecimal.
//
//   $xenstored-dump-format
//   global,9                       evtchn-dev,11,30 and socket,13: descriptors of the daemon
//   dom,1,1173505,1,32             a domain that is introduced: domid, frame, event channels
//   watch,1,6d656d…,46464…         domid, or a socket's descriptor below 0; path, token
//   store,2f766d,6e30007231,66     path, permissions with NULs between them, value
#include <algorithm>
#include <string>

#include "base/escape.h"
#include "base/number_text.h"
#include "source/recording/daemon_nodes.h"
#include "source/recording/dump_reader.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

constexpr std::string_view kFirstLine = "$xenstored-dump-format";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool decode_hex(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
  }
  return true;
}

std::string_view take_field(std::string_view& line) {
  const std::string_view field = line.substr(0, line.find(','));
  line.remove_prefix(std::min(line.size(), field.size() + 1));
  return field;
}

class OxenstoredDump {
 public:
  OxenstoredDump(DumpInput& input, const DumpOptions& options)
      : input_(input), always_(options.always), permissions_(nodes_.builder()) {}

  Result<Snapshot> read() {
    SnapshotInfo& info = nodes_.info();
    info.kind = "oxenstored dump";
    info.daemon = Daemon::oxenstored;
    info.stale_known = true;  // it ignores no entry
    info.introduced.emplace();
    info.clients.emplace();
    std::string_view line;
    input_.next_line(line);  // the first, which is known
    while (input_.next_line(line)) read_line(line);
    XSAUDIT_TRY(input_.status());
    std::sort(info.introduced->begin(), info.introduced->end());
    const auto last = std::unique(info.introduced->begin(), info.introduced->end());
    info.introduced->erase(last, info.introduced->end());
    nodes_.info().clients->sort_watches();
    return std::move(nodes_).finish(input_.name(), always_);
  }

 private:
  void gap(std::string what) {
    nodes_.info().add_gap(input_.place(), std::move(what));
    nodes_.mark_hole();
  }

  void read_line(std::string_view line) {
    if (!input_.line_ended()) return gap("the line has no end: the dump was truncated here");
    std::string_view rest = line;
    const std::string_view kind = take_field(rest);
    bool understood = kind == "global" || kind == "evtchn-dev" || kind == "socket";
    if (kind == "dom") understood = read_domain(rest);
    if (kind == "watch") understood = read_watch(rest);
    if (kind == "store") understood = read_node(rest);
    if (!understood) gap("not a line of an oxenstored dump: '" + escape_shortened(line, 80) + "'");
  }

  bool read_domain(std::string_view rest) {
    std::int64_t domid = 0;
    if (!whole_number(take_field(rest), domid) || !can_exist(domid)) return false;
    nodes_.info().introduced->push_back(domid);
    return true;
  }

  bool read_watch(std::string_view rest) {
    std::int64_t client = 0;
    if (!whole_number(take_field(rest), client) || !decode_hex(take_field(rest), path_))
      return false;
    if (client >= kFirstReservedDomid) return false;
    ClientState::Watch& watch = nodes_.info().clients->watches.emplace_back();
    if (client >= 0) watch.domid = client;
    watch.path = path_;
    return true;
  }

  bool read_node(std::string_view rest) {
    const bool decoded = decode_hex(take_field(rest), path_) &&
                         decode_hex(take_field(rest), list_) && decode_hex(rest, value_);
    if (!decoded) return false;
    const NodeId node = nodes_.add(path_, input_.place());
    if (node == kNoNode) return true;
    nodes_.builder().set_line(node, input_.line());
    nodes_.builder().set_value(node, value_);
    std::replace(list_.begin(), list_.end(), '\0', ',');
    const auto id = permissions_.id(list_);
    if (id) {
      nodes_.builder().set_permissions(node, *id);
    } else {
      gap(id.error().message);
      nodes_.builder().set_permissions_unknown(node, UnknownReason::not_recorded);
    }
    return true;
  }

  DumpInput& input_;
  const std::vector<std::string> always_;
  DaemonNodes nodes_;
  PermissionTexts permissions_;
  std::string path_;
  std::string list_;
  std::string value_;
};

bool is_oxenstored_dump(std::string_view head) { return head.starts_with(kFirstLine); }

Result<Snapshot> read_oxenstored_dump(DumpInput& input, const DumpOptions& options) {
  return OxenstoredDump(input, options).read();
}

}  // namespace

const DumpForm kOxenstoredDump = {"oxenstored", is_oxenstored_dump, read_oxenstored_dump};

}  // namespace xsaudit
