// `xenstore-ls -f` and `-fp`: whole paths, one node a line.
#include <algorithm>
#include <string>
#include <utility>

#include "source/dump_form.h"
#include "source/listing_line.h"
#include "source/listing_tree.h"
#include "source/permission_texts.h"
#include "store/escape.h"
#include "store/path.h"

namespace xsaudit {
namespace {

class FlatListingReader {
 public:
  explicit FlatListingReader(DumpInput& input)
      : input_(input), tree_(input), permission_texts_(tree_.builder()) {}

  Result<Snapshot> read() {
    std::string_view text;
    while (input_.next_line(text)) read_line(text);
    if (!input_.status()) return input_.status().error();
    tree_.info().name = input_.name();
    tree_.info().kind = with_permissions_ ? "xenstore-ls -fp" : "xenstore-ls -f";
    tree_.info().has_permissions = with_permissions_;
    return std::move(tree_).finish();
  }

 private:
  SnapshotBuilder& builder() { return tree_.builder(); }
  void gap(std::string what) { tree_.info().add_gap(input_.place(), std::move(what)); }

  void read_line(std::string_view text) {
    const ListingLine line = parse_listing_line(text);
    const NodeId unreadable = std::exchange(unreadable_, kNoNode);
    if (!input_.line_ended() && !text.empty()) {
      read_cut_line(line);
    } else if (line.kind == ListingLine::Kind::node) {
      read_node(line);
    } else if (line.kind == ListingLine::Kind::unreadable) {
      read_unreadable(line.path);
    } else if (line.kind == ListingLine::Kind::permissions && unreadable != kNoNode) {
      set_permissions(unreadable, line);
    } else if (line.kind != ListingLine::Kind::blank) {
      read_stray(text);
    }
  }

  void read_node(const ListingLine& line) {
    const NodeId node = add(line.path);
    if (node == kNoNode) return;
    set_value(node, line);
    set_permissions(node, line);
  }

  // The client goes on below a node that it cannot read, and prints its permissions, if it gets
  // them, on a line of their own.
  void read_unreadable(std::string_view path) {
    const NodeId node = add(path);
    if (node == kNoNode) return;
    gap("the value of " + escape_shortened(path) + " could not be read");
    builder().set_value_unknown(node, UnknownReason::unreadable);
    builder().set_permissions_unknown(
        node, with_permissions_ ? UnknownReason::unreadable : UnknownReason::not_in_form);
    builder().set_children(node, UnknownReason::unreadable);
    unreadable_ = node;
  }

  // Names its node, if it got that far; what it says of it may be half of what was there.
  void read_cut_line(const ListingLine& line) {
    gap("the line has no end: the recording was cut here");
    tree_.mark_early_end();
    const NodeId node = line.path.empty() ? kNoNode : add(line.path);
    if (node == kNoNode) return;
    builder().set_value_unknown(node, UnknownReason::cut);
    builder().set_permissions_unknown(node, without_permissions());
  }

  void read_stray(std::string_view text) {
    // Where permissions were refused, the node's own line shows it; nothing else is missing.
    if (text == "xenstore-ls: " || text.starts_with("could not access permissions for ")) {
      gap("a message of xenstore-ls: '" + escape_shortened(text, 80) + "'");
      return;
    }
    gap("neither a node nor anything else that xenstore-ls prints: '" + escape_shortened(text, 80) +
        "'");
    tree_.mark_hole();
    // It may be the message with which the client gave up, and such a message can stand anywhere:
    // the client holds back what it prints, but not what it complains of.
    tree_.mark_early_end();
  }

  // The node of a line that is the first to describe it; kNoNode, with a gap, otherwise.
  NodeId add(std::string_view path) {
    const std::string problem = path == "/" ? "a listing has no line for it" : path_problem(path);
    if (!problem.empty()) {
      gap("'" + escape_shortened(path) + "' cannot be a node: " + problem);
      tree_.mark_hole();
      return kNoNode;
    }
    const NodeId node = tree_.add(path);
    if (!builder().described(node)) return node;
    gap(escape_shortened(path) + " was described before; the first description is kept");
    return kNoNode;
  }

  void set_value(NodeId node, const ListingLine& line) {
    if (line.value_cut) {
      gap("the value of " + escape_shortened(line.path) + " was cut at the width of a terminal");
      builder().set_value_unknown(node, UnknownReason::cut);
      return;
    }
    std::string_view value;
    const std::size_t end = unescape_value(line.value, room_, value);
    if (end == line.value.size()) {
      builder().set_value(node, value);
      return;
    }
    const std::size_t column = line.path.size() + std::string_view(" = \"").size() + end + 1;
    tree_.info().add_gap(input_.place(column), "xenstore-ls prints no value like this: '" +
                                                   escape_shortened(line.value.substr(end), 20) +
                                                   "'");
    builder().set_value_unknown(node, UnknownReason::not_recorded);
  }

  void set_permissions(NodeId node, const ListingLine& line) {
    if (line.permissions == ListingLine::Permissions::none) {
      if (with_permissions_) gap(escape_shortened(line.path) + " is recorded without permissions");
      builder().set_permissions_unknown(node, without_permissions());
      some_without_ = true;
      return;
    }
    if (!with_permissions_ && some_without_) {
      gap("from here on permissions are recorded, for the nodes before they are not");
    }
    with_permissions_ = true;
    if (line.permissions == ListingLine::Permissions::refused) {
      gap("the permissions of " + escape_shortened(line.path) + " could not be read");
      builder().set_permissions_unknown(node, UnknownReason::unreadable);
      return;
    }
    const Result<PermissionsId> id = permission_texts_.id(line.permission_list);
    if (id) {
      builder().set_permissions(node, *id);
    } else {
      gap(id.error().message);
      builder().set_permissions_unknown(node, UnknownReason::not_recorded);
    }
  }

  UnknownReason without_permissions() const {
    return with_permissions_ ? UnknownReason::not_recorded : UnknownReason::not_in_form;
  }

  DumpInput& input_;
  ListingTree tree_;
  PermissionTexts permission_texts_;
  bool with_permissions_ = false;  // some line had them
  bool some_without_ = false;
  NodeId unreadable_ = kNoNode;  // the node of the line before, if it could not be read
  std::string room_;
};

// Whether some line is a node's, as far as can be seen: the last may go on beyond what is here.
bool recognises(std::string_view head) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    const std::size_t path_end = line.find(' ');
    if (path_end != std::string_view::npos && line.substr(path_end).starts_with(" = \"") &&
        valid_path(line.substr(0, path_end))) {
      return true;
    }
    head.remove_prefix(std::min(head.size(), line.size() + 1));
  }
  return false;
}

Result<Snapshot> read(DumpInput& input) { return FlatListingReader(input).read(); }

}  // namespace

const DumpForm kFlatListing = {"xenstore-ls -f", recognises, read};

}  // namespace xsaudit
