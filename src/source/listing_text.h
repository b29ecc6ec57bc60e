// The lines of a listing as the client printed them: what mail and terminals did to them is undone
// as far as that needs no guessing. Used by one thread, for one listing.
//
//   - CR before the newline, and "> " before every line, are taken off;
//   - quoted-printable, known by "=3D" where a node's line has "=", is decoded;
//   - lines wrapped where no line of the client can end are joined: after "PATH =", and before the
//     permissions.
//
// Where a line is wrapped inside a value, nothing shows how many blanks went: it stays in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/dump_input.h"

namespace xsaudit {

class ListingText {
 public:
  // Looks at the input's first bytes; the input must outlive this.
  explicit ListingText(DumpInput& input);

  // The next line without its newline, valid until the next call. False at the end, and when the
  // reading failed: status() then says why.
  bool next(std::string_view& line);
  // Whether the line last given had its newline: only the last can lack it.
  bool line_ended() const { return line_ended_; }
  const Status& status() const { return input_.status(); }

  // Of the line last given; see DumpInput. A line that was joined has the place of its first piece.
  std::string place() const { return input_.place_of(line_); }
  const std::string& name() const { return input_.name(); }

 private:
  struct Raw {
    std::string_view text;
    std::uint64_t line = 0;
    bool ended = true;
  };
  void look_at(std::string_view head);
  bool next_raw(Raw& raw);
  bool decode(Raw& raw);  // quoted-printable, which may go on in the next line
  void take_quote_off(Raw& raw) const;
  bool may_go_on(std::string_view line) const;
  bool join(std::string_view next);

  DumpInput& input_;
  std::string quote_;  // what stands before every line
  bool quoted_printable_ = false;
  bool permissions_seen_ = false;

  Raw ahead_;  // read already, if has_ahead_
  bool has_ahead_ = false;
  std::string held_;     // a line that the next one may belong to
  std::string decoded_;  // quoted-printable without its escapes
  std::uint64_t line_ = 0;
  bool line_ended_ = true;
};

}  // namespace xsaudit
