// Reads the output of `xenstore-ls`, with or without -f and -p: one node per line.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/escape.h"
#include "source/listing/listing_line.h"
#include "source/listing/listing_places.h"
#include "source/listing/listing_text.h"
#include "source/listing/listing_tree.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

using Kind = ListingLine::Kind;

// Whether the lines of an indented listing are sorted by their bytes. A client's output never is:
// the children of a node, which begin with one more blank, precede the node's next sibling.
class LineOrder {
 public:
  void add(std::string_view line, std::size_t indent) {
    if (lines_++ > 0) {
      ascending_ = ascending_ && last_ <= line;
      descending_ = descending_ && last_ >= line;
      deeper_ = deeper_ || indent > last_indent_;
      shallower_ = shallower_ || indent < last_indent_;
    }
    last_ = line;
    last_indent_ = indent;
  }
  // A few lines could be in that order by chance.
  bool sorted() const {
    return (lines_ >= 3 && ascending_ && shallower_ && !deeper_) ||
           (lines_ >= 12 && descending_ && deeper_ && !shallower_);
  }

 private:
  std::size_t lines_ = 0;
  std::string last_;
  std::size_t last_indent_ = 0;
  bool ascending_ = true;
  bool descending_ = true;
  bool deeper_ = false;     // some line is deeper than the one before it
  bool shallower_ = false;  // likewise
};

class ListingReader {
 public:
  ListingReader(DumpInput& input, const DumpOptions& options)
      : shape_(shape_of(input.head(), options.top_names)),
        at_(options.at),
        indented_(shape_.names == ListingShape::Names::indented),
        text_(input, options.threads > 1),
        places_(shape_, options),
        tree_(text_, options),
        permission_texts_(tree_.builder()) {}

  Result<Snapshot> read() {
    if (!at_.empty() && shape_.names == ListingShape::Names::whole_paths) {
      return Error{escape_shortened(text_.name()), "its paths are absolute, so it needs no " + at_,
                   ""};
    }
    while (!refused_ && text_.next()) read_line(text_.parsed(), text_.text());
    if (order_.sorted()) {
      return Error{escape_shortened(text_.name()),
                   "the lines of this indented listing were sorted, so the parent of a "
                   "node is unknown",
                   "keep the order of xenstore-ls, or record with -f"};
    }
    if (refused_) return *std::move(refused_);
    XSAUDIT_TRY(text_.status());
    if (widest_name_ + kCutTag >= cut_width_ && cut_width_ > 0) {
      tree_.info().add_gap(escape_shortened(text_.name()),
                           "names may have been cut at the width of the terminal as well");
      tree_.mark_excerpt();
    }
    tree_.info().name = text_.name();
    tree_.info().kind = kind();
    tree_.info().has_permissions = with_permissions_;
    return std::move(tree_).finish();
  }

 private:
  // The room that a truncating client leaves after a name, and one blank: ' = "..."'.
  static constexpr std::size_t kCutTag = 9;

  SnapshotBuilder& builder() { return tree_.builder(); }
  void gap(std::string what) { tree_.info().add_gap(text_.place(), std::move(what)); }

  std::string kind() const {
    std::string flags = indented_ ? "" : "f";
    if (with_permissions_) flags += 'p';
    return flags.empty() ? "xenstore-ls" : "xenstore-ls -" + flags;
  }

  void read_line(const ListingLine& line, std::string_view text) {
    const NodeId unreadable = std::exchange(unreadable_, kNoNode);
    if (line.kind == Kind::stray && !in_value_ && text_.is_around(!last_line_.empty())) {
      return;
    }
    if (!text_.line_ended() && line.kind != Kind::blank) {
      read_cut_line(line);
    } else if (in_value_) {
      read_rest_of_value(line, text);
    } else if (line.kind == Kind::blank) {
      return;
    } else if (line.kind == Kind::permissions && unreadable != kNoNode) {
      set_permissions(unreadable, line);
    } else if (line.kind == Kind::nameless && indented_) {
      read_nameless(line);
    } else if (line.path.empty() || line.kind == Kind::stray || !places_.belongs(line)) {
      read_stray(text);
    } else {
      read_node(line, text);
    }
  }

  void read_node(const ListingLine& line, std::string_view text) {
    text_.note_node();
    if (indented_) order_.add(text, line.indent);
    const NodeId node = add(line, text);
    if (line.kind == Kind::unclosed) begin_value();
    if (node == kNoNode) return;
    switch (line.kind) {
      case Kind::unreadable: return read_unreadable(node);
      case Kind::filtered: return read_filtered(node);
      case Kind::unclosed:
        builder().set_value_unknown(node, UnknownReason::not_recorded);
        builder().set_permissions_unknown(node, without_permissions());
        return;
      default: break;
    }
    set_value(node, line);
    set_permissions(node, line);
  }

  // The client goes on below a node that it cannot read, and prints its permissions, if it gets
  // them, on a line of their own.
  void read_unreadable(NodeId node) {
    gap("the value of " + shown() + " could not be read");
    builder().set_value_unknown(node, UnknownReason::unreadable);
    builder().set_permissions_unknown(
        node, with_permissions_ ? UnknownReason::unreadable : UnknownReason::not_in_form);
    builder().set_children(node, UnknownReason::unreadable);
    unreadable_ = node;
  }

  void read_filtered(NodeId node) {
    gap("the value of " + shown() + " was removed on purpose");
    builder().set_value_unknown(node, UnknownReason::filtered);
    builder().set_permissions_unknown(node, without_permissions());
  }

  void read_nameless(const ListingLine& line) {
    gap("the name of the node was cut at the width of a terminal");
    tree_.mark_hole();
    places_.skip_below(line);
  }

  // Mail wrapped the line inside the value, or an old client printed a newline of it. The original
  // bytes are unknown; the value extends to the next line that ends like a node's line.
  void begin_value() {
    gap("the value goes on in the next line");
    tree_.mark_hole();
    in_value_ = true;
  }

  void read_rest_of_value(const ListingLine& line, std::string_view text) {
    in_value_ = line.kind != Kind::node && !ends_value(text);
    // If this was no part of the value, it was a node, whose children could now be misplaced.
    damaged_ = damaged_ || (!line.path.empty() && places_.belongs(line));
  }

  // Whether the line ends like a node's line.
  static bool ends_value(std::string_view text) {
    const std::string any = " = \"" + std::string(text);
    return parse_listing_line("n" + any).kind == Kind::node;
  }

  // The line contains its node's path if it is long enough; the rest may be incomplete.
  void read_cut_line(const ListingLine& line) {
    gap("the line has no end: the recording was truncated here");
    tree_.mark_early_end();
    if (in_value_ || line.path.empty() || !places_.belongs(line)) return;
    const NodeId node = add(line, {});
    if (node == kNoNode) return;
    builder().set_value_unknown(node, UnknownReason::cut);
    builder().set_permissions_unknown(node, without_permissions());
  }

  void read_stray(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    // If permissions were refused, the node's own line shows it; nothing else is missing.
    if (text == "xenstore-ls: " || text == "xenstore-ls:" ||
        text.starts_with("could not access permissions for ")) {
      gap("a message of xenstore-ls: '" + escape_shortened(text, 80) + "'");
      return;
    }
    gap("not a line that xenstore-ls prints: '" + escape_shortened(text, 80) + "'");
    tree_.mark_hole();
    damaged_ = true;
    // It may be the client's last error message, and such a message can appear anywhere: the client
    // buffers its output, but not its errors.
    tree_.mark_early_end();
  }

  // The node of a line that is the first to describe it, its path in path_; kNoNode, with a gap or
  // a refusal, otherwise.
  NodeId add(const ListingLine& line, std::string_view text) {
    const auto place = places_.place(line, damaged_);
    if (!place) {
      refused_ = place.error();
      refused_->place = text_.place_of_text();
      refused_->message += ": " + shown_line();
      return kNoNode;
    }
    if (place->path.empty()) {
      if (!std::exchange(lost_, true)) {
        gap("its parent cannot be determined, because lines before it are missing");
      }
      return kNoNode;
    }
    damaged_ = lost_ = false;
    path_ = place->path;
    const std::string problem = this->problem(line);
    if (!problem.empty()) {
      gap("'" + shown() + "' cannot be a node: " + problem);
      tree_.mark_hole();
      return kNoNode;
    }
    if (!place->unplaced.empty()) tree_.add_unplaced(place->unplaced);
    const NodeId node = tree_.add(path_);
    if (builder().described(node)) {
      gap(shown() + " was described before; the first description is kept");
      return kNoNode;
    }
    builder().set_line(node, text_.line());
    if (tree_.lacks_parent(node) && is_in_last_line(parent_path(path_))) {
      refused_ = Error{text_.place_of_text(),
                       "the parent of this node is in the value before it: " + shown_line(),
                       "lines were joined, so any value could be wrong"};
    }
    last_line_ = text;
    widest_name_ = std::max(widest_name_, line.indent + line.path.size());
    return node;
  }

  std::string problem(const ListingLine& line) const {
    if (path_ == "/") return "a listing cannot contain it";
    const bool whole = path_.data() == line.path.data() && path_.size() == line.path.size();
    return whole && text_.has_valid_path() ? std::string() : path_problem(path_);
  }

  bool is_in_last_line(std::string_view path) const {
    return last_line_.find('"' + std::string(path) + " =\"") != std::string::npos;
  }

  std::string shown_line() const { return "'" + escape_shortened(text_.as_recorded(), 80) + "'"; }

  std::string shown() const { return escape_shortened(path_); }

  void set_value(NodeId node, const ListingLine& line) {
    // Old clients cut without a mark of its own, and every client may cut between the two bytes of
    // an escape. With -f none ever cuts.
    const bool may_be_cut = indented_ && line.value.ends_with("...");
    if (line.value_cut || may_be_cut) {
      gap("the value of " + shown() +
          (line.value_cut ? " was cut at the width of a terminal" : " may have been cut"));
      builder().set_value_unknown(node, UnknownReason::cut);
      cut_width_ = line.indent + line.path.size() + line.value.size() + kCutTag;
      return;
    }
    std::string_view value;
    const std::size_t end = unescape_value(line.value, room_, value);
    if (end == line.value.size()) {
      builder().set_value(node, value);
      return;
    }
    gap("xenstore-ls prints no value like this: '" + escape_shortened(line.value.substr(end), 20) +
        "'");
    builder().set_value_unknown(node, UnknownReason::not_recorded);
  }

  bool lists_permissions(const ListingLine& line) const {
    const bool blanks = line.permissions == ListingLine::Permissions::refused && line.only_blanks;
    return line.permissions != ListingLine::Permissions::none &&
           (!blanks || with_permissions_ || shape_.permissions);
  }

  void set_permissions(NodeId node, const ListingLine& line) {
    if (!lists_permissions(line)) {
      if (with_permissions_) gap(shown() + " is recorded without permissions");
      builder().set_permissions_unknown(node, without_permissions());
      some_without_ = true;
      return;
    }
    if (!with_permissions_ && some_without_) {
      gap("permissions are recorded from here on, but not for the nodes before");
    }
    with_permissions_ = true;
    if (line.permissions == ListingLine::Permissions::refused) {
      gap("the permissions of " + shown() + " could not be read");
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

  const ListingShape shape_;
  const std::string at_;
  const bool indented_;
  ListingText text_;
  ListingPlaces places_;
  ListingTree tree_;
  PermissionTexts permission_texts_;
  LineOrder order_;
  std::optional<Error> refused_;
  bool with_permissions_ = false;  // some line had them
  bool some_without_ = false;
  bool in_value_ = false;        // of a line that did not end
  bool damaged_ = false;         // lines may be missing just before this one
  bool lost_ = false;            // lines since then could not be placed
  std::string_view path_;        // of the present line
  NodeId unreadable_ = kNoNode;  // the node of the line before, if it could not be read
  std::string last_line_;        // that named a node
  std::size_t widest_name_ = 0;
  std::size_t cut_width_ = 0;  // 0 while nothing was cut
  std::string room_;
};

bool is_listing(std::string_view head) { return names_nodes(head); }

Result<Snapshot> read_listing(DumpInput& input, const DumpOptions& options) {
  return ListingReader(input, options).read();
}

}  // namespace

const DumpForm kListing = {"xenstore-ls", is_listing, read_listing};

}  // namespace xsaudit
