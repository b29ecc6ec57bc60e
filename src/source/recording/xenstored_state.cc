// The state stream that C xenstored writes for a live update, and that migration carries (xen.git
// docs/designs/xenstore-migration.md, versions 1 and 2): a header, then records of a type and a
// length, each filled up to 8 bytes. Numbers are of either byte order, as the header says.
//
// Kept are nodes, with the flag of permission entries that the daemon ignores, domains' connections
// and whom they act for, watches, open transactions and limits. Nodes as some transaction would
// have them are not: nobody else sees them.
#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "base/escape.h"
#include "source/recording/daemon_nodes.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

constexpr std::string_view kIdentity{"xenstore\0\0\0", 11};  // and a version below 256
constexpr Domid kInvalidDomid = 0x7ff4;                      // DOMID_INVALID of xen.h
constexpr std::size_t kHeaderBytes = 16;
// XENSTORE_SERVER_FEATURE_DOMID_ANY of xen/include/public/io/xs_wire.h.
constexpr std::uint32_t kAnyDomidFeature = 8;

enum RecordType : std::uint32_t {
  kEnd,
  kGlobal,
  kConnection,
  kWatch,
  kTransaction,
  kNode,
  kGlobalQuota,
  kDomain,
  kWatchExtended,
};

// The fields of a record, one after the other; a record that is too short has none of those that
// it lacks.
class Fields {
 public:
  Fields(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }
  std::string_view bytes(std::size_t size) {
    short_ = short_ || size > bytes_.size();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  // With a NUL at its end, which is counted and not given.
  std::string_view text(std::size_t size) {
    std::string_view taken = bytes(size);
    const bool one_nul = !taken.empty() && taken.find('\0') == taken.size() - 1;
    short_ = short_ || !one_nul;
    if (one_nul) taken.remove_suffix(1);
    return taken;
  }
  std::string_view text() { return text(std::min(bytes_.find('\0'), bytes_.size()) + 1); }
  std::string_view rest() const { return bytes_; }
  bool good() const { return !short_; }

 private:
  std::uint32_t number(std::size_t size) {
    const std::string_view taken = bytes(size);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(taken[big_endian_ ? i : taken.size() - 1 - i]);
      value = value << 8 | byte;
    }
    return value;
  }

  std::string_view bytes_;
  bool big_endian_;
  bool short_ = false;
};

class XenstoredState {
 public:
  explicit XenstoredState(DumpInput& input) : input_(input) {}

  Result<Snapshot> read() {
    nodes_.info().kind = "xenstored state";
    nodes_.info().stale_known = true;
    clients().emplace();
    XSAUDIT_TRY(read_header());
    XSAUDIT_TRY(read_records());
    XSAUDIT_TRY(input_.status());
    if (nodes_.info().introduced) {
      auto& introduced = *nodes_.info().introduced;
      std::sort(introduced.begin(), introduced.end());
      introduced.erase(std::unique(introduced.begin(), introduced.end()), introduced.end());
    }
    nodes_.info().any_domid = any_domid_;
    nodes_.info().clients->sort_watches();
    return std::move(nodes_).finish(input_.name(), {});  // its last record ends it
  }

 private:
  std::optional<ClientState>& clients() { return nodes_.info().clients; }

  // A record without meaning, or one that is shorter than it says, ends the reading: nothing shows
  // where the next one begins. What was read before stays.
  Status read_records() {
    for (std::uint32_t type = kGlobal; type != kEnd;) {
      const std::string place = input_.byte_place();
      Fields header(input_.take(8), big_endian_);
      type = header.u32();
      const std::uint32_t length = header.u32();
      Status status = ok();
      if (header.good()) status = read_record(type, length, place);
      if (!status && nodes_.builder().size() == 1) return status;
      if (!status) return end_here(status.error().place, status.error().message);
      if (!header.good() || cut_) return end_here(input_.byte_place(), "the stream was cut here");
    }
    return ok();
  }

  Status end_here(std::string place, std::string why) {
    nodes_.info().add_gap(std::move(place), std::move(why));
    nodes_.mark_hole();
    return ok();
  }

  Status read_header() {
    const std::string_view head = input_.take(kHeaderBytes);
    Fields header(head, true);  // whatever the rest is
    header.bytes(8);
    const std::uint32_t version = header.u32();
    const std::uint32_t flags = header.u32();
    if (!header.good() || version < 1 || version > 2 || flags > 1) {
      return Error{escape_shortened(input_.name()) + ": byte 8",
                   "the state of a xenstored, but in no form that is known",
                   "versions 1 and 2 are"};
    }
    big_endian_ = flags == 1;
    return ok();
  }

  Status read_record(std::uint32_t type, std::uint32_t length, const std::string& place) {
    // Of a connection, the data that are on their way can be any amount, and do not matter.
    const std::uint64_t filled = (std::uint64_t{length} + 7) / 8 * 8;
    const bool known = type <= kWatchExtended;
    const std::uint64_t wanted = type == kConnection ? std::min<std::uint64_t>(filled, 24) : filled;
    if (!known || wanted > DumpInput::kMaxAtOnce) {
      return Error{place, known ? "the record is longer than any node" : "no such record is known",
                   "the stream is damaged, or of a newer version"};
    }
    const std::string_view body = input_.take(static_cast<std::size_t>(wanted));
    // Whether a record's last bytes to fill it up are there does not matter.
    cut_ = body.size() < std::min<std::uint64_t>(wanted, length);
    if (cut_) return ok();
    Fields fields(body, big_endian_);
    if (!read_body(type, fields, place)) {
      return Error{place, "the record does not hold what its type needs", "the stream is damaged"};
    }
    for (std::uint64_t left = filled - body.size(); left > 0 && !cut_;) {
      const std::uint64_t skipped =
          input_.take(static_cast<std::size_t>(std::min<std::uint64_t>(left, 65536))).size();
      cut_ = skipped == 0;
      left -= skipped;
    }
    return ok();
  }

  bool read_body(std::uint32_t type, Fields& fields, const std::string& place) {
    switch (type) {
      case kGlobal:  // only a daemon's own state has it, with the connections of all domains
        nodes_.info().daemon = Daemon::cxenstored;
        if (!nodes_.info().introduced) nodes_.info().introduced.emplace();
        return true;
      case kConnection: return read_connection(fields);
      case kWatch: return read_watch(fields);
      case kWatchExtended: return read_watch_extended(fields);
      case kTransaction: return read_transaction(fields);
      case kNode: return read_node(fields, place);
      case kGlobalQuota: return read_global_quota(fields);
      case kDomain: return read_domain(fields);
      default: return true;
    }
  }

  bool read_connection(Fields& fields) {
    const std::uint32_t id = fields.u32();
    const bool is_domain = fields.u16() == 0;
    fields.u16();
    const Domid domid = fields.u16();
    const Domid target = fields.u16();
    if (!fields.good()) return false;
    if (!is_domain) {
      connections_[id] = std::nullopt;
      return true;
    }
    connections_[id] = domid;
    if (nodes_.info().introduced) nodes_.info().introduced->push_back(domid);
    if (target != kInvalidDomid) nodes_.info().targets.emplace_back(domid, target);
    return true;
  }

  bool add_watch(std::uint32_t connection, std::string_view path) {
    const auto client = connections_.find(connection);
    if (client == connections_.end()) return false;
    clients()->watches.push_back({client->second, std::string(path)});
    return true;
  }

  bool read_watch(Fields& fields) {
    const std::uint32_t connection = fields.u32();
    const std::size_t path_bytes = fields.u16();
    const std::size_t token_bytes = fields.u16();
    const std::string_view path = fields.text(path_bytes);
    fields.text(token_bytes);
    return fields.good() && add_watch(connection, path);
  }

  // The design has four bytes before the path; watch.c dump_state_watches() leaves them out.
  bool read_watch_extended(Fields& fields) {
    const std::uint32_t connection = fields.u32();
    const std::size_t path_bytes = fields.u16();
    const std::size_t token_bytes = fields.u16();
    for (const std::size_t before : {std::size_t{4}, std::size_t{0}}) {
      Fields attempt = fields;
      attempt.bytes(before);
      const std::string_view path = attempt.text(path_bytes);
      attempt.text(token_bytes);
      if (attempt.good()) return add_watch(connection, path);
    }
    return false;
  }

  bool read_transaction(Fields& fields) {
    const auto client = connections_.find(fields.u32());
    if (!fields.good() || client == connections_.end()) return false;
    if (client->second) ++clients()->transactions[*client->second];
    return true;
  }

  bool read_node(Fields& fields, const std::string& place) {
    const std::uint32_t connection = fields.u32();
    fields.u32();  // the transaction
    const std::size_t path_bytes = fields.u16();
    const std::size_t value_bytes = fields.u16();
    fields.u16();  // what the transaction did
    const std::size_t entries = fields.u16();
    permissions_.clear();
    bool understood = true;
    for (std::size_t i = 0; i < entries && fields.good(); ++i) {
      understood = read_permission(fields) && understood;
    }
    const std::string_view path = fields.text(path_bytes);
    const std::string_view value = fields.bytes(value_bytes);
    if (!fields.good()) return false;
    if (connection != 0) return true;
    const NodeId node = nodes_.add(path, place);
    if (node == kNoNode) return true;
    nodes_.builder().set_value(node, value);
    if (understood && !permissions_.empty()) {
      nodes_.builder().set_permissions(node, permissions_);
    } else {
      nodes_.info().add_gap(place,
                            "the permissions of " + escape_shortened(path) + " have no meaning");
      nodes_.builder().set_permissions_unknown(node, UnknownReason::not_recorded);
    }
    return true;
  }

  bool read_permission(Fields& fields) {
    const char letter = static_cast<char>(fields.u8());
    const std::uint8_t flags = fields.u8();
    PermissionEntry entry;
    entry.domid = fields.u16();
    entry.read = letter == 'r' || letter == 'b';
    entry.write = letter == 'w' || letter == 'b';
    entry.stale = (flags & 1) != 0;
    permissions_.push_back(entry);
    // A daemon that does not know the number has marked it (domain.c domain_alloc_permrefs).
    if (entry.domid == kAnyDomid && !entry.stale) any_domid_ = true;
    return entry.read || entry.write || letter == 'n';
  }

  static bool read_limits(Fields& fields, std::size_t count, ClientState::Limits& limits) {
    std::vector<std::uint32_t> values;
    for (std::size_t i = 0; i < count && fields.good(); ++i) values.push_back(fields.u32());
    for (std::size_t i = 0; i < values.size() && fields.good(); ++i) {
      limits[std::string(fields.text())] = values[i];
    }
    return fields.good();
  }

  bool read_global_quota(Fields& fields) {
    const std::size_t of_domains = fields.u16();
    const std::size_t of_all = fields.u16();
    return read_limits(fields, of_domains + of_all, clients()->limits);
  }

  bool read_domain(Fields& fields) {
    const Domid domid = fields.u16();
    const std::size_t count = fields.u16();
    const std::uint32_t features = fields.u32();
    if (!fields.good()) return false;
    any_domid_ = any_domid_.value_or(false) || (features & kAnyDomidFeature) != 0;
    return read_limits(fields, count, clients()->limits_of[domid]);
  }

  DumpInput& input_;
  DaemonNodes nodes_;
  bool big_endian_ = false;
  bool cut_ = false;
  std::unordered_map<std::uint32_t, std::optional<Domid>> connections_;  // by their id
  Permissions permissions_;
  std::optional<bool> any_domid_;  // as SnapshotInfo has it
};

bool is_xenstored_state(std::string_view head) { return head.starts_with(kIdentity); }

Result<Snapshot> read_xenstored_state(DumpInput& input, const DumpOptions&) {
  return XenstoredState(input).read();
}

}  // namespace

const DumpForm kXenstoredState = {"xenstored", is_xenstored_state, read_xenstored_state};

}  // namespace xsaudit
