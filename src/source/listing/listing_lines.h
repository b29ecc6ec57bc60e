// The lines of a listing as the client printed them: changes by mail programs, editors and
// terminals are reversed as far as they are unambiguous. Used by one thread, for one listing.
//
//   - A byte order mark, CR before the newline, and "> " before every line are removed; a no-break
//     space outside the value becomes a blank.
//   - Quoted-printable, known by "=3D" where a node's line has "=", is decoded.
//   - Lines wrapped where no line of the client can end are joined: after "PATH =", and before the
//     permissions.
//
// A line that is wrapped inside a value stays in pieces, because the number of removed blanks is
// unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/recording/dump_input.h"

namespace xsaudit {

class ListingLines {
 public:
  // Examines the input's first bytes; the input must outlive this.
  explicit ListingLines(DumpInput& input);

  // The next line without its newline, valid until the next call. False at the end and after an
  // error, which the input's status() returns.
  bool next(std::string_view& line);
  // Whether the line last given had its newline: only the last can lack it.
  bool ended() const { return line_ended_; }
  // Whether it has the text that is before every line of a quoted listing.
  bool quoted() const { return quoted_; }
  // Its number; of a joined line that of its first piece.
  std::uint64_t line() const { return line_; }
  // The line as it was recorded, or the first piece of it.
  const std::string& as_recorded() const { return as_recorded_; }

 private:
  struct Raw {
    std::string_view text;
    std::uint64_t line = 0;
    bool ended = true;
    bool quoted = true;       // has the text before every line
    std::string as_recorded;  // unchanged
  };
  void look_at(std::string_view head);
  bool next_raw(Raw& raw);
  bool decode(Raw& raw);  // quoted-printable, which may go on in the next line
  void take_quote_off(Raw& raw) const;
  bool may_go_on(std::string_view line) const;
  bool join(std::string_view next);

  DumpInput& input_;
  std::string quote_;  // the text before every line
  bool quoted_printable_ = false;
  bool permissions_seen_ = false;

  Raw ahead_;  // read already, if has_ahead_
  bool has_ahead_ = false;
  std::string held_;     // a line that the next one may belong to
  std::string decoded_;  // a line that is not as it was recorded
  std::uint64_t line_ = 0;
  bool line_ended_ = true;
  bool quoted_ = true;
  std::string as_recorded_;
};

}  // namespace xsaudit
