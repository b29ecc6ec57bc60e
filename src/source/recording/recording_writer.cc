#include <array>
#include <ctime>
#include <string_view>

#include "base/calendar.h"
#include "base/escape.h"
#include "host/facts/process_record.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

class RecordingWriter {
 public:
  explicit RecordingWriter(const Snapshot& store) : store_(store) {}

  std::string write() {
    write_info(store_.info());
    line("nodes", std::to_string(store_.size()));
    for (PermissionsId id = 0; id < store_.permission_lists(); ++id) {
      lists_.push_back(recorded_permissions(store_.permissions_of(id)));
    }
    std::vector<std::size_t> depths(store_.size(), 0);
    for (NodeId node = 0; node < store_.size(); ++node) {
      if (node != kRootNode) depths[node] = depths[store_.parent(node)] + 1;
      write_node(node, depths[node]);
    }
    out_ += "end\n";
    if (const auto& facts = store_.info().host_facts) {
      write_host(write_process_record(*facts));
    } else if (const auto& record = store_.info().host_record) {
      write_host(record->text);
    }
    return std::move(out_);
  }

 private:
  void line(std::string_view key, std::string_view text) {
    out_ += key;
    out_ += ' ';
    out_ += text;
    out_ += '\n';
  }

  void write_host(std::string_view record) {
    line("processes", std::to_string(record.size()));
    out_ += record;
  }

  void write_info(const SnapshotInfo& info) {
    out_ = std::string(kRecordingFirstWords) + std::string(kRecordingVersion) + '\n';
    if (!info.host.empty()) line("host", escape(info.host));
    if (info.time) line("time", utc_text(*info.time));
    line("daemon", kDaemonWords.of(info.daemon));
    line("consistency", kConsistencyWords.of(info.consistency));
    const std::string coverage(kCoverageWords.of(info.coverage));
    line("coverage",
         info.coverage == Coverage::subtree ? coverage + ' ' + escape(info.covered) : coverage);
    line("permissions", info.has_permissions ? "yes" : "no");
    if (info.introduced) {
      out_ += "introduced";
      for (const Domid domid : *info.introduced) out_ += ' ' + std::to_string(domid);
      out_ += '\n';
    }
    if (info.any_domid) line("any-domid", *info.any_domid ? "yes" : "no");
    for (const auto& [stub, target] : info.targets) {
      line("target", std::to_string(stub) + ' ' + std::to_string(target));
    }
    if (info.clients) write_clients(*info.clients);
    for (const auto& gap : info.gaps)
      line("gap", recorded_word(gap.place) + ' ' + escape(gap.what));
    line("gaps", std::to_string(info.gap_count));
  }

  void write_clients(const ClientState& clients) {
    const auto yes = [](bool flag) { return flag ? "yes" : "no"; };
    out_ += std::string("clients ") + yes(clients.lists_watches) + ' ' +
            yes(clients.lists_transactions) + '\n';
    for (const auto& [name, number] : clients.limits) {
      line("limit", recorded_word(name) + ' ' + std::to_string(number));
    }
    for (const auto& [domid, limits] : clients.limits_of) {
      for (const auto& [name, number] : limits) {
        line("limit-of",
             std::to_string(domid) + ' ' + recorded_word(name) + ' ' + std::to_string(number));
      }
    }
    for (const auto& [domid, count] : clients.watch_counts) {
      line("watch-count", std::to_string(domid) + ' ' + std::to_string(count));
    }
    for (const auto& [domid, count] : clients.transactions) {
      line("transactions", std::to_string(domid) + ' ' + std::to_string(count));
    }
    for (const ClientState::Watch& watch : clients.watches) {
      line("watch", (watch.domid ? std::to_string(*watch.domid) : std::string("-")) + ' ' +
                        escape(watch.path));
    }
  }

  void write_node(NodeId node, std::size_t depth) {
    out_ += std::to_string(depth);
    out_ += ' ';
    out_ += node == kRootNode ? "/" : recorded_word(store_.name(node));
    out_ += ' ';
    unknown_or(store_.permissions_unknown(node),
               [&] { return lists_[store_.permissions_id(node)]; });
    out_ += ' ';
    unknown_or(store_.children_unknown(node), [] { return "."; });
    out_ += ' ';
    unknown_or(store_.value_unknown(node), [&] { return '=' + escape(store_.value(node)); });
    out_ += '\n';
  }

  template <typename Text>
  void unknown_or(UnknownReason reason, const Text& text) {
    if (reason == UnknownReason::known) {
      out_ += text();
    } else {
      out_ += '?';
      out_ += kReasonWords.of(reason);
    }
  }

  const Snapshot& store_;
  std::vector<std::string> lists_;  // by PermissionsId
  std::string out_;
};

}  // namespace

std::string recorded_word(std::string_view bytes) {
  std::string out;
  for (const char c : escape(bytes)) {
    if (c == ' ') {
      out += "\\x20";
    } else {
      out += c;
    }
  }
  return out;
}

std::string recorded_permissions(const Permissions& permissions) {
  std::string out;
  for (const PermissionEntry& entry : permissions) {
    if (!out.empty()) out += ',';
    out += entry.letter();
    out += std::to_string(entry.domid);
    if (entry.stale) out += '!';
  }
  return out;
}

std::string write_recording(const Snapshot& store) { return RecordingWriter(store).write(); }

}  // namespace xsaudit
