// Finds the place in the store of each line of a listing. A whole path contains its place. Indented
// names and relative paths are below the node that was listed, which no line shows: it is given
// (DumpOptions::at), or "/" if all names without indentation are known to belong there. Otherwise
// the nodes are put below /@unplaced, a name that no store has as a child of "/", so that no rule
// confuses them with nodes of known place.
//
// Two kinds of lines are errors, because every later line could be misplaced: names that no node
// can have, and a name deeper than the line before allows, so that lines between them are missing.
// Used by one thread, for one listing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "source/listing/listing_line.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

// Properties of a whole listing, found in its first bytes.
struct ListingShape {
  enum class Names { none, whole_paths, relative_paths, indented } names = Names::none;
  bool from_root = false;    // indented, and begins with children of "/"
  bool permissions = false;  // some line has them
};
// Whether some line names a node, so that the names of the shape are not `none`.
bool names_nodes(std::string_view head);
ListingShape shape_of(std::string_view head, const std::vector<std::string>& top_names);

class ListingPlaces {
 public:
  ListingPlaces(const ListingShape& shape, const DumpOptions& options);

  // Whether this line can belong to this listing.
  bool belongs(const ListingLine& line) const;

  struct Position {
    // Not checked if the line contains the whole path; empty if damage before the line hides it.
    // Valid until the next call.
    std::string_view path;
    // The node that represents the unknown place, if this line is the first one there.
    std::string_view unplaced;
  };
  // The error has no place. `after_damage`: lines may be missing just before this one.
  Result<Position> place(const ListingLine& line, bool after_damage);
  // Nodes below a line without a name have no place.
  void skip_below(const ListingLine& nameless) { skip_below_ = nameless.indent; }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  Result<Position> place_indented(const ListingLine& line, bool after_damage);
  void begin_fragment(std::size_t indent);

  ListingShape shape_;
  std::string fragment_;  // whose children the present fragment begins with; "" for "/"
  bool fragment_placed_;
  bool began_ = false;
  std::size_t fragments_unplaced_ = 0;
  std::size_t skip_below_ = kNowhere;
  std::size_t indent_ = 0;         // of the present fragment's first line
  std::string path_;               // of the line before
  std::vector<std::size_t> ends_;  // within path_, of the fragment's place and each level's name
  std::unordered_set<std::string> roots_;  // of the present fragment, where it is not placed
};

}  // namespace xsaudit
