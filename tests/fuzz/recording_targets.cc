// The readers of recordings. Whatever a recording is, the store read from it hangs together, and is
// the same after it was written down in the program's own form and read again.
#include <algorithm>

#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"
#include "targets.h"

namespace xsaudit {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_info(const SnapshotInfo& info) {
  require(info.gaps.size() <= info.gap_count, "there are more gaps than were counted");
  require(info.gap_count == 0 || !info.gaps.empty(), "no gap was kept");
  for (const auto& gap : info.gaps) {
    require(printable(gap.place) && printable(gap.what), "a gap is not safe to print");
  }
}

void check_tree(const Snapshot& store) {
  for (NodeId node = 1; node < store.size(); ++node) {
    const NodeId parent = store.parent(node);
    require(parent < node && node < store.subtree_end(parent), "a node is not below its parent");
    require(store.child(parent, store.name_id(node)) == node, "a node is not its parent's child");
    const bool known = store.value_unknown(node) == UnknownReason::known;
    require(known || store.value(node).empty(), "an unknown value says something");
    const bool listed = store.permissions_unknown(node) == UnknownReason::known;
    require(listed == (store.permissions(node) != nullptr), "permissions are known and not known");
    require(!listed || !store.permissions(node)->empty(), "a node has no owner");
  }
}

void check_recorded(const Snapshot& store) {
  const std::string recorded = write_recording(store);
  const auto again = read_dump_text(recorded, "again");
  require(again.ok(), "its own recording is not read");
  require(again->size() == store.size(), "its own recording has other nodes");
  require(write_recording(*again) == recorded, "its own recording says something else");
}

void read_as(std::string_view bytes, const char* form) {
  DumpOptions options;
  options.form = form;
  options.top_names = {"local", "tool", "vm", "libxl"};
  options.always = {"/local", "/local/domain", "/tool", "/tool/xenstored"};
  options.implied = {{"/local/domain", "vm", "/vm"}};
  // The first byte takes the part of the user.
  if (!bytes.empty() && bytes.front() == '@') {
    options.at = "/local/domain/5";
    bytes.remove_prefix(1);
  }
  const auto store = read_dump_text(bytes, "fuzz", options);
  if (!store) {
    require(printable(store.error().text()), "an error is not safe to print");
    return;
  }
  check_info(store->info());
  check_tree(*store);
  check_recorded(*store);
}

}  // namespace

std::vector<FuzzTarget> recording_targets() {
  return {{"any", [](std::string_view bytes) { read_as(bytes, ""); }},
          {"xsaudit", [](std::string_view bytes) { read_as(bytes, "xsaudit"); }},
          {"oxenstored", [](std::string_view bytes) { read_as(bytes, "oxenstored"); }},
          {"xenstored", [](std::string_view bytes) { read_as(bytes, "xenstored"); }},
          {"xenstore-ls", [](std::string_view bytes) { read_as(bytes, "xenstore-ls"); }}};
}

}  // namespace xsaudit
