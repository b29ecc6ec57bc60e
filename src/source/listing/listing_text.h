// The lines of a listing (listing_lines.h), parsed, and the text around it: a shell's prompt, the
// fences of Markdown, what was written above the listing, and around one that is quoted. Lines are
// read and parsed in another thread while the caller works on those before. Used by one thread, for
// one listing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/read_ahead.h"
#include "source/listing/listing_line.h"
#include "source/listing/listing_lines.h"
#include "source/recording/dump_input.h"

namespace xsaudit {

class ListingText {
 public:
  // The input must outlive this, and nothing else may read it meanwhile. `other_thread`: whether a
  // thread may be started, which a short recording does not need; the lines are the same without.
  ListingText(DumpInput& input, bool other_thread);

  // Moves to the next line. False at the end and after an error, which status() returns then.
  bool next();
  const Status& status() const { return input_.status(); }

  // The line that next() moved to, until the next call: without its newline, and parsed.
  std::string_view text() const { return part(row_->text); }
  const ListingLine& parsed() const { return row_->parsed; }
  // Whether its path, which must not be empty, is a valid absolute path.
  bool has_valid_path() const { return row_->valid_path; }
  // Whether it had its newline: only the last can lack it.
  bool line_ended() const { return row_->ended; }

  // Whether the line, which no client prints, is text around the listing, so that no node is
  // missing there. `after_node`: some earlier line is a node's.
  bool is_around(bool after_node);
  // Records that the line is a node's.
  void note_node() { outside_ = false; }

  // The position of the line; see DumpInput. A joined line has the place of its first piece.
  std::string place() const { return input_.place_of(line()); }
  std::uint64_t line() const { return row_ == nullptr ? 0 : row_->line; }
  // The same with the column of its first byte that is not blank.
  std::string place_of_text() const;
  // The line as it was recorded, or the first piece of it.
  std::string_view as_recorded() const { return part(row_->as_recorded); }
  const std::string& name() const { return input_.name(); }

 private:
  struct Part {  // of the bytes of a batch
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Row {
    Part text;
    Part as_recorded;
    std::uint64_t line = 0;
    bool ended = true;
    bool quoted = true;
    bool valid_path = false;
    ListingLine parsed;
  };
  struct Batch {
    std::string bytes;
    std::vector<Row> rows;
  };
  static constexpr std::size_t kBatchLines = 1024;
  static constexpr std::size_t kBatchBytes = std::size_t{128} * 1024;

  bool fill(Batch& batch);
  std::string_view part(const Part& part) const {
    return std::string_view(batch_->bytes).substr(part.begin, part.size);
  }
  bool is_prompt(std::string_view line);

  DumpInput& input_;
  alignas(kCacheLine) ListingLines lines_;            // used by the thread that reads ahead
  alignas(kCacheLine) const Batch* batch_ = nullptr;  // this and what follows is not
  const Row* row_ = nullptr;                          // the present line
  std::size_t next_row_ = 0;                          // of the batch

  std::string prompt_;    // of the shell that ran the client, if a line shows it
  bool outside_ = false;  // since the last node, something showed that the listing has ended

  ReadAhead<Batch> batches_;  // last: its thread uses the lines
};

}  // namespace xsaudit
