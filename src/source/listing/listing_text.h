// The lines of a listing as the client printed them: changes by mail programs, editors and
// terminals are reversed as far as they are unambiguous. Used by one thread, for one listing.
//
//   - A byte order mark, CR before the newline, and "> " before every line are removed; a no-break
//     space outside the value becomes a blank.
//   - Quoted-printable, known by "=3D" where a node's line has "=", is decoded.
//   - Lines wrapped where no line of the client can end are joined: after "PATH =", and before the
//     permissions.
//   - Text around the listing is recognised: a shell's prompt, the fences of Markdown, what was
//     written above the listing, and around one that is quoted.
//
// A line that is wrapped inside a value stays in pieces, because the number of removed blanks is
// unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/recording/dump_input.h"

namespace xsaudit {

class ListingText {
 public:
  // Examines the input's first bytes; the input must outlive this.
  explicit ListingText(DumpInput& input);

  // The next line without its newline, valid until the next call. False at the end and after an
  // error, which status() returns.
  bool next(std::string_view& line);
  // Whether the line last given had its newline: only the last can lack it.
  bool line_ended() const { return line_ended_; }
  const Status& status() const { return input_.status(); }

  // Whether the last line, which no client prints, is text around the listing, so that no node is
  // missing there. `after_node`: some earlier line is a node's.
  bool is_around(std::string_view line, bool after_node);
  // Records that the last line is a node's.
  void note_node() { outside_ = false; }

  // The position of the last line; see DumpInput. A joined line has the place of its first piece.
  std::string place() const { return input_.place_of(line_); }
  std::uint64_t line() const { return line_; }
  // The same with the column of its first byte that is not blank.
  std::string place_of_text() const;
  // The line as it was recorded, or the first piece of it.
  const std::string& as_recorded() const { return as_recorded_; }
  const std::string& name() const { return input_.name(); }

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
  bool is_prompt(std::string_view line);
  bool decode(Raw& raw);  // quoted-printable, which may go on in the next line
  void take_quote_off(Raw& raw) const;
  bool may_go_on(std::string_view line) const;
  bool join(std::string_view next);

  DumpInput& input_;
  std::string quote_;  // the text before every line
  bool quoted_printable_ = false;
  bool permissions_seen_ = false;

  std::string prompt_;    // of the shell that ran the client, if a line shows it
  bool outside_ = false;  // since the last node, something showed that the listing has ended

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
