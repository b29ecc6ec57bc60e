// Where the bytes of a recording come from: a file descriptor, or memory. Readers take them in
// pieces, so that a recording is never whole in memory, whatever its size. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace xsaudit {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Puts up to `size` bytes at `into` and says how many; 0 only at the end.
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

// Does not own the bytes, which must outlive it.
class MemoryBytes : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(char* into, std::size_t size) override;

 private:
  std::string_view rest_;
};

// The bytes of a recording that may be packed: gzip and zstd are unpacked, by their first bytes,
// everything else is given as it is. The unpacked size is bounded, because a few kilobytes can
// unpack to any size. Used by one thread.

// Undoes one way of packing, of any number of streams one after the other.
class Unpacker {
 public:
  virtual ~Unpacker() = default;
  // Takes from the front of `packed` and says how many bytes it put at `into`. `ended`: all that
  // was taken so far is whole.
  virtual Result<std::size_t> unpack(std::string_view& packed, char* into, std::size_t size,
                                     bool& ended) = 0;
};

class UnpackedBytes : public ByteSource {
 public:
  // Far more than the largest store that a host can have.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30;

  // The source must outlive this.
  explicit UnpackedBytes(ByteSource& packed, std::uint64_t most_bytes = kMaxBytes)
      : packed_(packed), most_bytes_(most_bytes) {}
  Result<std::size_t> read(char* into, std::size_t size) override;

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
};

// Null for bytes that are neither.
std::unique_ptr<Unpacker> make_unpacker(std::string_view first_bytes);

}  // namespace xsaudit
