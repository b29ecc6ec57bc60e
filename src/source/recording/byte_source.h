// The source of the bytes of a recording: a file descriptor, or memory. Readers take them in
// pieces, so that a recording is never completely in memory, whatever its size. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "store/snapshot_info.h"

namespace xsaudit {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Copies up to `size` bytes to `into` and returns their number; 0 only at the end.
  virtual Result<std::size_t> read(char* into, std::size_t size) = 0;
};

// A file, pipe or socket. Does not own the descriptor, which must stay open.
class FileBytes : public ByteSource {
 public:
  explicit FileBytes(int descriptor) : descriptor_(descriptor) {}
  Result<std::size_t> read(char* into, std::size_t size) override;

 private:
  int descriptor_;
};

// Gives the bytes of another source, which must outlive it, and hashes them on the way.
class HashedBytes : public ByteSource {
 public:
  explicit HashedBytes(ByteSource& source) : source_(source) {}
  Result<std::size_t> read(char* into, std::size_t size) override;

  // Reads the rest; then the number and the hash of all bytes.
  Result<SnapshotInfo::Recorded> finish() &&;

 private:
  ByteSource& source_;
  Sha256 hash_;
};

// Does not own the bytes, which must outlive it.
class MemoryBytes : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(char* into, std::size_t size) override;

 private:
  std::string_view rest_;
};

// The bytes of a recording that may be compressed: gzip and zstd are recognised by their first
// bytes and unpacked, everything else is unchanged. The unpacked size is limited, because a few
// kilobytes can unpack to any size. Used by one thread.

// Unpacks one format of compression, any number of streams in sequence.
class Unpacker {
 public:
  virtual ~Unpacker() = default;
  // Consumes bytes of `packed` and returns how many bytes it wrote to `into`. `ended`: all consumed
  // streams are complete.
  virtual Result<std::size_t> unpack(std::string_view& packed, char* into, std::size_t size,
                                     bool& ended) = 0;
};

class UnpackedBytes : public ByteSource {
 public:
  // Far more than the largest store of a host.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30;

  // The source must outlive this.
  explicit UnpackedBytes(ByteSource& packed, std::uint64_t most_bytes = kMaxBytes)
      : packed_(packed), most_bytes_(most_bytes) {}
  Result<std::size_t> read(char* into, std::size_t size) override;
  // Whether the last read() has failed because the packed bytes end within a stream.
  bool cut() const { return cut_; }

 private:
  Status look();
  Status fill();
  Result<std::size_t> read_plain(char* into, std::size_t size);

  ByteSource& packed_;
  const std::uint64_t most_bytes_;
  std::uint64_t bytes_ = 0;  // given so far
  bool looked_ = false;
  std::unique_ptr<Unpacker> unpacker_;  // null: as it is
  std::vector<char> buffer_;
  std::string_view rest_;  // of the buffer: not yet unpacked
  bool at_end_ = false;
  bool ended_ = false;  // of what was unpacked
  bool cut_ = false;
};

// Null for bytes in neither format.
std::unique_ptr<Unpacker> make_unpacker(std::string_view first_bytes);

}  // namespace xsaudit
