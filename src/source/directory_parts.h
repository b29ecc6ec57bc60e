// The children of a directory whose list is longer than a message may be: they come in parts
// (xenstored core.c send_directory_part), each with the directory's generation and as many names as
// fit from an offset on; an empty name follows the last one. What came is for nothing when the
// directory changes meanwhile. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xsaudit {

class DirectoryParts {
 public:
  enum class State : std::uint8_t {
    more,          // the next part is to be asked for, from offset() on
    complete,      // names() are all there are
    never_steady,  // it keeps changing
    too_long,      // the names have more bytes than wanted
    wrong,         // a part had no meaning
  };

  State take(std::string_view payload, std::size_t longest);  // in bytes of all names

  std::size_t offset() const { return names_.size(); }  // in bytes, which is what is held
  std::size_t received() const { return received_; }    // bytes of names, what was for nothing too
  std::string_view names() const { return names_; }     // each with a zero byte behind it

 private:
  std::string generation_;
  std::string names_;
  std::size_t received_ = 0;
  int restarts_ = 0;
};

}  // namespace xsaudit
