#include "rules/testing/fixture_store.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/escape.h"
#include "source/listing/listing_line.h"
#include "source/log/log_reader.h"
#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

class FixtureStoreBuilder {
 public:
  explicit FixtureStoreBuilder(const FixtureStore& store) : store_(store) {}

  Result<Snapshot> make() {
    std::size_t number = 1;
    for (std::string_view rest = store_.text; !rest.empty(); ++number) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (auto status = add(parse_listing_line(trimmed(rest.substr(0, end)))); !status) {
        return Error{std::to_string(number), status.error().message, status.error().hint};
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (NodeId node = 1; node < builder_.size(); ++node) {
      if (!builder_.described(node)) imply(node);
    }
    if (!builder_.described(kRootNode)) {
      builder_.set_value(kRootNode, "");
      builder_.set_permissions_unknown(kRootNode, UnknownReason::not_in_form);
    }
    SnapshotInfo info;
    info.name = "test";
    info.kind = with_permissions_ ? "xenstore-ls -fp" : "xenstore-ls -f";
    info.has_permissions = with_permissions_;
    info.coverage = store_.coverage;
    info.daemon = store_.daemon;
    info.stale_known = store_.stale.has_value();
    info.clients = store_.clients;
    info.any_domid = store_.any_domid;
    if (store_.log) {
      XSAUDIT_ASSIGN(auto log, read_log_text(*store_.log, "log", 0));
      if (!log.gaps().empty()) return Error{"", log.gaps().front(), ""};
      info.access_log = std::make_shared<const AccessLog>(std::move(log));
    }
    return std::move(builder_).finish(std::move(info), store_.coverage == Coverage::whole
                                                           ? UnknownReason::known
                                                           : UnknownReason::not_recorded);
  }

 private:
  static std::string_view trimmed(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return line;
  }

  Status add(const ListingLine& line) {
    if (line.kind == ListingLine::Kind::blank) return ok();
    if (line.kind != ListingLine::Kind::node && line.kind != ListingLine::Kind::unreadable) {
      return Error{"", "this is not a line of xenstore-ls -fp", R"(/a/b = "value"   (n0,r1))"};
    }
    if (const std::string problem = path_problem(line.path); !problem.empty()) {
      return Error{"", problem, ""};
    }
    const NodeId node = builder_.at(line.path);
    if (builder_.described(node)) return Error{"", "the node is there twice", ""};
    if (line.kind == ListingLine::Kind::unreadable) {
      builder_.set_value_unknown(node, UnknownReason::unreadable);
      builder_.set_permissions_unknown(node, UnknownReason::unreadable);
      builder_.set_children(node, UnknownReason::unreadable);
      return ok();
    }
    XSAUDIT_TRY(set_value(node, line));
    return set_permissions(node, line);
  }

  Status set_value(NodeId node, const ListingLine& line) {
    if (line.value_cut) {
      builder_.set_value_unknown(node, UnknownReason::cut);
      return ok();
    }
    std::string room;
    std::string_view value;
    if (unescape_value(line.value, room, value) != line.value.size()) {
      return Error{"", "xenstore-ls does not print such a value", ""};
    }
    builder_.set_value(node, value);
    return ok();
  }

  Status set_permissions(NodeId node, const ListingLine& line) {
    switch (line.permissions) {
      case ListingLine::Permissions::none:
        builder_.set_permissions_unknown(node, UnknownReason::not_in_form);
        return ok();
      case ListingLine::Permissions::refused:
        builder_.set_permissions_unknown(node, UnknownReason::unreadable);
        return ok();
      case ListingLine::Permissions::listed: break;
    }
    with_permissions_ = true;
    XSAUDIT_ASSIGN(auto list, parse_permissions(line.permission_list));
    for (PermissionEntry& entry : list) {
      entry.stale = store_.stale && std::count(store_.stale->begin(), store_.stale->end(),
                                               entry.letter() + std::to_string(entry.domid)) > 0;
    }
    builder_.set_permissions(node, list);
    return ok();
  }

  void imply(NodeId node) {
    builder_.set_value(node, "");
    if (with_permissions_) {
      builder_.set_permissions(node, {PermissionEntry{}});
    } else {
      builder_.set_permissions_unknown(node, UnknownReason::not_in_form);
    }
  }

  const FixtureStore& store_;
  SnapshotBuilder builder_;
  bool with_permissions_ = false;
};

}  // namespace

Result<Snapshot> make_fixture_store(const FixtureStore& store) {
  return FixtureStoreBuilder(store).make();
}

}  // namespace xsaudit
