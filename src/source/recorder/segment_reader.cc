#include "source/recorder/segment_reader.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxHeadBytes = 200;

}  // namespace

class SegmentReader::Unpacked {
 public:
  explicit Unpacked(ByteSource& packed) : bytes_(packed) {}

  std::size_t read(char* into, std::size_t size) {
    if (!problem_.empty()) return 0;
    auto count = bytes_.read(into, size);
    if (!count) problem_ = count.error().message;
    return count ? *count : 0;
  }
  // Why there is no more; empty at the end of the stream, and of one that is still written.
  std::string damage() const { return bytes_.cut() ? std::string() : problem_; }

 private:
  UnpackedBytes bytes_;
  std::string problem_;
};

// The text of the present record, checked on the way.
class SegmentReader::StoreText : public ByteSource {
 public:
  explicit StoreText(SegmentReader& reader)
      : reader_(reader), left_(reader.head_.bytes), checksum_(begin_checksum(reader.head_)) {}

  Result<std::size_t> read(char* into, std::size_t size) override {
    if (left_ == 0) return std::size_t{0};
    if (reader_.rest_.empty() && !reader_.fill()) return std::size_t{0};
    const std::size_t count =
        std::min({size, reader_.rest_.size(), static_cast<std::size_t>(left_)});
    reader_.rest_.copy(into, count);
    checksum_ = add_to_checksum(checksum_, reader_.rest_.substr(0, count));
    reader_.rest_.remove_prefix(count);
    reader_.offset_ += count;
    left_ -= count;
    return count;
  }
  bool complete() const { return left_ == 0; }
  bool right() const { return checksum_ == reader_.head_.checksum; }

 private:
  SegmentReader& reader_;
  std::uint64_t left_;
  std::uint32_t checksum_;
};

namespace {

// A file from its beginning.
class WholeFile : public ByteSource {
 public:
  explicit WholeFile(int descriptor) : bytes_(descriptor) { ::lseek(descriptor, 0, SEEK_SET); }
  Result<std::size_t> read(char* into, std::size_t size) override {
    return bytes_.read(into, size);
  }

 private:
  FileBytes bytes_;
};

}  // namespace

SegmentReader::SegmentReader(int descriptor, const std::string& name)
    : name_(escape_shortened(name)),
      file_(std::make_unique<WholeFile>(descriptor)),
      unpacked_(std::make_unique<Unpacked>(*file_)),
      buffer_(kBufferBytes) {}

SegmentReader::SegmentReader(ByteSource& packed, const std::string& name)
    : name_(escape_shortened(name)),
      unpacked_(std::make_unique<Unpacked>(packed)),
      buffer_(kBufferBytes) {}

SegmentReader::~SegmentReader() = default;

bool SegmentReader::fill() {
  const std::size_t count = unpacked_->read(buffer_.data(), buffer_.size());
  rest_ = {buffer_.data(), count};
  return count > 0;
}

void SegmentReader::end(const std::string& why) {
  if (!ended_) {
    problem_ = name_ + ": byte " + std::to_string(record_at_) + " of its unpacked data: " + why;
  }
  ended_ = true;
}

void SegmentReader::end_within(const std::string& why) {
  const std::string damage = unpacked_->damage();
  end(damage.empty() ? why : why + ": " + damage);
}

void SegmentReader::reject(const std::string& why) { end(why); }

// False at the end, before or within a line.
bool SegmentReader::take_line(std::string& line) {
  line.clear();
  while (line.size() <= kMaxHeadBytes) {
    if (rest_.empty() && !fill()) return false;
    const std::size_t newline = rest_.find('\n');
    const std::size_t count = std::min(newline, rest_.size());
    line.append(rest_.substr(0, std::min(count, kMaxHeadBytes + 1)));
    const std::size_t taken = newline == rest_.npos ? count : count + 1;
    rest_.remove_prefix(taken);
    offset_ += taken;
    if (newline != rest_.npos) return true;
  }
  return true;  // too long for a head
}

bool SegmentReader::take_text(std::uint64_t bytes) {
  text_.clear();
  while (text_.size() < bytes) {
    if (rest_.empty() && !fill()) return false;
    const std::size_t count =
        std::min(rest_.size(), static_cast<std::size_t>(bytes) - text_.size());
    text_.append(rest_.substr(0, count));
    rest_.remove_prefix(count);
    offset_ += count;
  }
  return true;
}

const RecordHead* SegmentReader::next() {
  if (ended_) return nullptr;
  record_at_ = offset_;
  std::string line;
  if (!begun_) {
    if (!take_line(line)) {
      end_within("it ends before its first record");
      return nullptr;
    }
    if (line != kSegmentFirstLine) {
      end("it is not a segment of a recorder: " + single_quoted(line));
      return nullptr;
    }
    record_at_ = offset_;
  }
  if (!take_line(line)) {
    // A segment that is still written ends without the end of its stream, and so does the last
    // segment of a program that was killed.
    if (!line.empty() || !unpacked_->damage().empty()) end_within("it ends within a record");
    ended_ = true;
    return nullptr;
  }
  const auto head = parse_head(line);
  if (!head) {
    end("expected a record, not " + single_quoted(line));
    return nullptr;
  }
  const std::uint64_t expected = begun_ ? head_.number + 1 : 1;
  if (head->number != expected || (begun_ && head->time < head_.time)) {
    end("the record does not follow the one before it");
    return nullptr;
  }
  head_ = *head;
  begun_ = true;
  text_.clear();
  if (head_.kind == RecordKind::store) return &head_;
  if (head_.bytes > kMaxRecordBytes) {
    end("the record is longer than any that is written");
  } else if (!take_text(head_.bytes)) {
    end_within("it ends within a record");
  } else if (add_to_checksum(begin_checksum(head_), text_) != head_.checksum) {
    end("the checksum of the record is wrong");
  }
  return ended_ ? nullptr : &head_;
}

std::optional<Snapshot> SegmentReader::store() {
  StoreText text(*this);
  DumpOptions options;
  options.form = "xsaudit";
  auto store = read_dump_bytes(text, name_, options);
  if (!store) {
    end(store.error().text());
  } else if (!text.complete()) {
    end_within("it ends within a record");
  } else if (!text.right()) {
    end("the checksum of the record is wrong");
  }
  if (ended_) return std::nullopt;
  return *std::move(store);
}

}  // namespace xsaudit
