#include "source/recording/dump_input.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/escape.h"

namespace xsaudit {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} * 1024;
static_assert(kInputBytes > 2 * DumpInput::kMaxLineBytes && kInputBytes > DumpInput::kMaxAtOnce);

}  // namespace

DumpInput::DumpInput(ByteSource& source, std::string name)
    : source_(source),
      name_(std::move(name)),
      buffer_(std::make_unique_for_overwrite<char[]>(kInputBytes)) {}

void DumpInput::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  auto count = source_.read(buffer_.get() + end_, kInputBytes - end_);
  if (!count) {
    Error error = count.error();
    error.place = escape_shortened(name_);
    status_ = std::move(error);
  }
  at_end_ = !count || *count == 0;
  if (count) end_ += *count;
}

std::string_view DumpInput::head() {
  while (!at_end_ && end_ - begin_ <= kMaxLineBytes) fill();
  return {buffer_.get() + begin_, std::min(end_ - begin_, kMaxLineBytes + 1)};
}

bool DumpInput::next_line(std::string_view& line) {
  if (!status_) return false;
  std::size_t searched = 0;
  while (true) {
    const char* const start = buffer_.get() + begin_;
    const std::size_t here = end_ - begin_;
    const void* const newline = std::memchr(start + searched, '\n', here - searched);
    const std::size_t length =
        newline == nullptr ? here
                           : static_cast<std::size_t>(static_cast<const char*>(newline) - start);
    if (length > kMaxLineBytes) {
      ++line_;
      status_ = Error{place(),
                      "the line is longer than " + std::to_string(kMaxLineBytes) +
                          " bytes, more than any node of a store needs",
                      ""};
      return false;
    }
    if (newline != nullptr || (at_end_ && here > 0)) {
      line = {start, length};
      line_ended_ = newline != nullptr;
      begin_ += length + (line_ended_ ? 1 : 0);
      ++line_;
      return true;
    }
    if (at_end_) return false;
    searched = here;
    fill();
    if (!status_) return false;
  }
}

bool DumpInput::read(std::size_t count, std::string& bytes) {
  bytes.clear();
  while (status_) {
    const std::size_t here = std::min(end_ - begin_, count - bytes.size());
    bytes.append(buffer_.get() + begin_, here);
    begin_ += here;
    if (bytes.size() == count || at_end_) break;
    fill();
  }
  return status_ && bytes.size() == count;
}

std::string_view DumpInput::take(std::size_t size) {
  while (end_ - begin_ < size && !at_end_) fill();
  const std::string_view bytes{buffer_.get() + begin_, std::min(size, end_ - begin_)};
  begin_ += bytes.size();
  offset_ += bytes.size();
  return bytes;
}

std::string DumpInput::byte_place() const {
  return escape_shortened(name_) + ": byte " + std::to_string(offset_);
}

std::string DumpInput::place_of(std::uint64_t line) const {
  return escape_shortened(name_) + ':' + std::to_string(line);
}

std::string DumpInput::place(std::size_t column) const {
  return place() + ':' + std::to_string(column);
}

}  // namespace xsaudit
