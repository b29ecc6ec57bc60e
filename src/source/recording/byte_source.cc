#include "source/recording/byte_source.h"

#include <utility>

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace xsaudit {

Result<std::size_t> FileBytes::read(char* into, std::size_t size) {
  while (true) {
    const ssize_t count = ::read(descriptor_, into, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) {
      return Error{"", std::string("it cannot be read: ") + std::strerror(errno), ""};
    }
  }
}

Result<std::size_t> HashedBytes::read(char* into, std::size_t size) {
  auto count = source_.read(into, size);
  if (count) hash_.add({into, *count});
  return count;
}

Result<SnapshotInfo::Recorded> HashedBytes::finish() && {
  std::vector<char> rest(std::size_t{64} * 1024);
  while (true) {
    XSAUDIT_ASSIGN(const auto count, read(rest.data(), rest.size()));
    if (count == 0) break;
  }
  const std::uint64_t bytes = hash_.bytes();
  return SnapshotInfo::Recorded{hexadecimal(std::move(hash_).finish()), bytes};
}

Result<std::size_t> MemoryBytes::read(char* into, std::size_t size) {
  const std::size_t count = std::min(size, rest_.size());
  if (count > 0) std::memcpy(into, rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

namespace {

constexpr std::size_t kPackedBytes = std::size_t{64} * 1024;
constexpr std::size_t kLookBytes = 4;

}  // namespace

Status UnpackedBytes::fill() {
  if (!rest_.empty()) std::memmove(buffer_.data(), rest_.data(), rest_.size());
  XSAUDIT_ASSIGN(const auto count,
                 packed_.read(buffer_.data() + rest_.size(), buffer_.size() - rest_.size()));
  at_end_ = count == 0;
  rest_ = {buffer_.data(), rest_.size() + count};
  return ok();
}

Status UnpackedBytes::look() {
  buffer_.resize(kPackedBytes);
  while (rest_.size() < kLookBytes && !at_end_) {
    XSAUDIT_TRY(fill());
  }
  unpacker_ = make_unpacker(rest_);
  looked_ = true;
  return ok();
}

Result<std::size_t> UnpackedBytes::read_plain(char* into, std::size_t size) {
  if (rest_.empty()) return packed_.read(into, size);
  const std::size_t count = std::min(size, rest_.size());
  std::memcpy(into, rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

Result<std::size_t> UnpackedBytes::read(char* into, std::size_t size) {
  if (!looked_) {
    XSAUDIT_TRY(look());
  }
  if (unpacker_ == nullptr) return read_plain(into, size);
  while (true) {
    const std::size_t packed = rest_.size();
    auto count = unpacker_->unpack(rest_, into, size, ended_);
    XSAUDIT_TRY(count);
    bytes_ += *count;
    if (bytes_ > most_bytes_) {
      return Error{"", "it unpacks to more than " + std::to_string(most_bytes_) + " bytes",
                   "if you trust it, unpack it and pass it on standard input"};
    }
    if (*count > 0) return count;
    if (rest_.size() != packed) continue;
    if (at_end_) {
      if (ended_ && rest_.empty()) return std::size_t{0};
      cut_ = true;
      return Error{"", "it is packed, and its end is missing", ""};
    }
    XSAUDIT_TRY(fill());
  }
}

}  // namespace xsaudit
