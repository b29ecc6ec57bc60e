// Reads the records of a segment (segment_format.h). Its bytes are not trusted: the first that do
// not belong to the format end the reading, and problem() says where. Memory is bounded by one
// record, or by the store in it. Does not own the descriptor, which must be that of a file and stay
// open. Used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/recorder/segment_format.h"
#include "source/recording/byte_source.h"
#include "store/snapshot.h"

namespace xsaudit {

class SegmentReader {
 public:
  // Begins with the first record. `name` is for messages.
  SegmentReader(int descriptor, const std::string& name);
  SegmentReader(ByteSource& packed, const std::string& name);
  ~SegmentReader();

  // The next record; nothing at the end, and where the rest cannot be used.
  const RecordHead* next();

  // The text of the record, if it is not a store.
  std::string_view text() const { return text_; }
  // To be called once after a record of a store, before next().
  std::optional<Snapshot> store();
  // To be called if the text of the record is not what its kind has: ends the reading.
  void reject(const std::string& why);

  // Why the rest, or the last record, cannot be used, with file and place; empty if there is no
  // rest. Safe to print.
  const std::string& problem() const { return problem_; }

 private:
  class Unpacked;  // the bytes of the file, until the first that cannot be unpacked
  class StoreText;

  bool fill();
  bool take_line(std::string& line);
  bool take_text(std::uint64_t bytes);
  void end(const std::string& why);
  void end_within(const std::string& why);

  const std::string name_;
  std::unique_ptr<ByteSource> file_;  // null if the caller has it
  std::unique_ptr<Unpacked> unpacked_;
  std::vector<char> buffer_;
  std::string_view rest_;        // of the buffer
  std::uint64_t offset_ = 0;     // of the rest in the unpacked bytes
  std::uint64_t record_at_ = 0;  // of the present record
  bool begun_ = false;
  bool ended_ = false;
  RecordHead head_;
  std::string text_;
  std::string problem_;
};

}  // namespace xsaudit
