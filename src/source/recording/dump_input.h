// The input of a reader of recordings: the first bytes to recognise the format, then the lines one
// by one, each with its place for messages. Memory is limited by the longest line that a listing of
// a store can have; a longer one ends the reading. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/read_ahead.h"
#include "source/recording/byte_source.h"

namespace xsaudit {

// Apart from what lies around it: another thread than the one that made it may read ahead.
class alignas(kCacheLine) DumpInput {
 public:
  // The longest line there can be has a path (4,095 bytes), a value (4,096 bytes, each written as
  // up to four) and permissions. oxenstored takes 1,022 entries in a message and prints each with
  // up to 20 bytes and a zero byte; its dump has two hexadecimal digits for each byte of all three.
  static constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;

  // `name` is the recording's name in messages: a file's name, or "-". The source must outlive
  // this.
  DumpInput(ByteSource& source, std::string name);

  // The first bytes, up to kMaxLineBytes and one more; fewer only if the recording is shorter. Does
  // not consume them. To be called before next_line().
  std::string_view head();

  // The next line without its newline, valid until the next call. False at the end and after an
  // error, which status() returns.
  bool next_line(std::string_view& line);
  // Exactly `size` bytes after the last line; false, with all remaining bytes, if there are fewer.
  // The caller limits their number.
  bool read(std::size_t count, std::string& bytes);
  // Whether the line last given had its newline: only a recording's last can lack it.
  bool line_ended() const { return line_ended_; }
  const Status& status() const { return status_; }

  // For formats without lines: the next bytes, valid until the next call; fewer only at the end. At
  // most kMaxAtOnce.
  static constexpr std::size_t kMaxAtOnce = std::size_t{192} * 1024;
  std::string_view take(std::size_t size);
  // The number of bytes taken so far, and the place of the next one.
  std::uint64_t offset() const { return offset_; }
  std::string byte_place() const;

  const std::string& name() const { return name_; }
  std::uint64_t line() const { return line_; }  // of the line last given, from 1
  // "dump.txt:12" and "dump.txt:12:7", safe to print; columns count bytes from 1.
  std::string place() const { return place_of(line_); }
  std::string place(std::size_t column) const;
  std::string place_of(std::uint64_t line) const;

 private:
  void fill();  // more bytes behind those that are there, if any are left

  ByteSource& source_;
  std::string name_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;  // of what is not yet given out
  std::size_t end_ = 0;    // of what was read
  bool at_end_ = false;
  bool line_ended_ = true;
  std::uint64_t line_ = 0;
  std::uint64_t offset_ = 0;  // counted by take()
  Status status_ = ok();
};

}  // namespace xsaudit
