// Where the bytes of a recording come from: a file descriptor, or memory. Readers take them in
// pieces, so that a recording is never whole in memory, whatever its size. Used by one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "store/error.h"

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

}  // namespace xsaudit
