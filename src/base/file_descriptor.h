// Owns a file descriptor and closes it. It can be moved, not copied. Used by one thread; all
// functions are safe between fork() and _exit().
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace xsaudit {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  // Takes the result of open(2) and similar calls: a negative number is not owned.
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }
  ~FileDescriptor() { close(); }

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

  // Does not change errno.
  void close() {
    if (!is_open()) return;
    const int error = errno;
    ::close(release());
    errno = error;
  }

  // The caller then owns the descriptor.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// A pipe that other programs do not inherit.
struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;

  // False, with errno set, on failure.
  bool open() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end = FileDescriptor(ends[0]);
    write_end = FileDescriptor(ends[1]);
    return true;
  }
};

}  // namespace xsaudit
