// The owner of a file descriptor, which is closed with it. It can be moved, not copied. Used by one
// thread; nothing here is unsafe between fork() and _exit().
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
  // Takes what open(2) and its like return: a negative number is owned by none.
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

  // errno stays as it was.
  void close() {
    if (!is_open()) return;
    const int error = errno;
    ::close(release());
    errno = error;
  }

  // The caller closes it.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// A pipe that no other program inherits.
struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;

  // False, and errno, where there can be no pipe.
  bool open() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end = FileDescriptor(ends[0]);
    write_end = FileDescriptor(ends[1]);
    return true;
  }
};

}  // namespace xsaudit
