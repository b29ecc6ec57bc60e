#include "source/listing/listing_places.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "source/listing/listing_lines.h"
#include "store/path.h"
#include "store/snapshot_info.h"

namespace xsaudit {
namespace {

using Names = ListingShape::Names;

bool names_value(const ListingLine& line) {
  return line.kind == ListingLine::Kind::node || line.kind == ListingLine::Kind::unclosed ||
         line.kind == ListingLine::Kind::filtered;
}

// A listing without -f has no '/' in any name, one with -f has one in every path.
Names names_of(const ListingLine& line) {
  if (!names_value(line)) return Names::none;
  if (valid_name(line.path)) return Names::indented;
  if (line.path.starts_with('/')) return valid_path(line.path) ? Names::whole_paths : Names::none;
  return valid_path("/" + std::string(line.path)) ? Names::relative_paths : Names::none;
}

// The least indented names of a listing, which all its others lie below.
class Outermost {
 public:
  explicit Outermost(const std::vector<std::string>& top_names) : top_names_(top_names) {}

  void add(const ListingLine& line) {
    if (first_ == kNone) first_ = line.indent;
    if (line.indent > indent_) return;
    if (line.indent < indent_) {
      names_.clear();
      only_top_names_ = true;
    }
    indent_ = line.indent;
    names_.emplace(line.path);
    only_top_names_ = only_top_names_ && std::find(top_names_.begin(), top_names_.end(),
                                                   line.path) != top_names_.end();
  }

  // A home, too, has a node that is called as one below "/": where all lines are indented, one such
  // name says nothing.
  bool below_root() const {
    const std::size_t needed = indent_ == 0 ? 1 : 2;
    return first_ == indent_ && only_top_names_ && names_.size() >= needed;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const std::vector<std::string>& top_names_;
  std::size_t first_ = kNone;
  std::size_t indent_ = kNone;
  std::unordered_set<std::string> names_;
  bool only_top_names_ = true;
};

}  // namespace

bool names_nodes(std::string_view head) {
  MemoryBytes bytes(head);
  DumpInput input(bytes, "");
  ListingLines text(input);
  for (std::string_view line; text.next(line);) {
    if (names_of(parse_listing_line(line)) != Names::none) return true;
  }
  return false;
}

ListingShape shape_of(std::string_view head, const std::vector<std::string>& top_names) {
  MemoryBytes bytes(head);
  DumpInput input(bytes, "");
  ListingLines text(input);
  ListingShape shape;
  Outermost outermost(top_names);
  std::size_t lines = 0;
  for (std::string_view line; text.next(line);) {
    const ListingLine parsed = parse_listing_line(line);
    shape.permissions = shape.permissions || parsed.permissions == ListingLine::Permissions::listed;
    const Names names = names_of(parsed);
    if (names == Names::none) continue;
    ++lines;
    // The first line may be the rest of a longer one.
    if (lines == 1 || (lines == 2 && names == Names::whole_paths)) shape.names = names;
    // The last line may continue after these bytes.
    if (names == Names::indented && text.ended()) outermost.add(parsed);
  }
  shape.from_root = shape.names == Names::indented && outermost.below_root();
  return shape;
}

ListingPlaces::ListingPlaces(const ListingShape& shape, const DumpOptions& options)
    : shape_(shape),
      fragment_(options.at == "/" ? "" : options.at),
      fragment_placed_(!options.at.empty() || shape.from_root) {}

bool ListingPlaces::belongs(const ListingLine& line) const {
  switch (shape_.names) {
    case Names::indented: return line.path.find('/') == std::string_view::npos;
    case Names::relative_paths:
      return !line.path.starts_with('/') && line.path.find('/') != std::string_view::npos;
    case Names::whole_paths:
    case Names::none: break;
  }
  // The sender may have indented it; no other kind of line begins with a path.
  return line.path.starts_with('/');
}

void ListingPlaces::begin_fragment(std::size_t indent) {
  if (began_) fragment_placed_ = false;  // what was said of the first says nothing of the others
  began_ = true;
  if (!fragment_placed_) {
    fragment_ = "/" + std::string(kUnplaced);
    if (++fragments_unplaced_ > 1) fragment_ += "-" + std::to_string(fragments_unplaced_);
  }
  roots_.clear();
  indent_ = indent;
  path_ = fragment_;
  ends_.assign(1, path_.size());
}

Result<ListingPlaces::Position> ListingPlaces::place(const ListingLine& line, bool after_damage) {
  if (shape_.names == Names::indented) return place_indented(line, after_damage);
  if (shape_.names != Names::relative_paths) return Position{line.path, {}};
  const bool first = !began_;
  if (first) begin_fragment(0);
  path_.resize(fragment_.size());
  path_ += '/';
  path_ += line.path;
  return Position{path_, first && !fragment_placed_ ? std::string_view(fragment_) : ""};
}

Result<ListingPlaces::Position> ListingPlaces::place_indented(const ListingLine& line,
                                                              bool after_damage) {
  if (!valid_name(line.path)) {
    return Error{"", "'" + escape_shortened(line.path) + "' cannot be the name of a node",
                 "nodes below it have no place"};
  }
  if (line.indent > skip_below_) return Position{};
  skip_below_ = kNowhere;
  bool first = !began_ || line.indent < indent_;
  if (first) begin_fragment(line.indent);
  const std::size_t level = line.indent - indent_;
  if (after_damage && level > 0) return Position{};  // its parent may be among what is missing
  if (level >= ends_.size()) {
    return Error{"", "it is indented deeper than a child of the line before",
                 "lines are missing; a listing made with -f would still be readable"};
  }
  if (level == 0 && !fragment_placed_ && !roots_.emplace(line.path).second) {
    begin_fragment(line.indent);
    roots_.emplace(line.path);
    first = true;
  }
  ends_.resize(level + 1);
  path_.resize(ends_.back());
  path_ += '/';
  path_ += line.path;
  ends_.push_back(path_.size());
  return Position{path_, first && !fragment_placed_ ? std::string_view(fragment_) : ""};
}

}  // namespace xsaudit
