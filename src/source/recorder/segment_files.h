// The files of a flight recorder, as the recorder uses them: it makes one after the other, appends
// to the last, and removes the oldest. SegmentKeeper has the real ones; a test has others that
// fail. Used by one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/moment.h"

namespace xsaudit {

// A file that exists.
struct SegmentFile {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  Moment written;  // when it was last written
};

class SegmentFiles {
 public:
  virtual ~SegmentFiles() = default;
  // Makes the file of this number, which must not exist.
  virtual Status create(std::uint64_t number) = 0;
  // Appends to the file made last. After an error a part of the bytes may be in it.
  virtual Status append(std::string_view bytes) = 0;
  virtual Status remove(std::uint64_t number) = 0;
};

}  // namespace xsaudit
