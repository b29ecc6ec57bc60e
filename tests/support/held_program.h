// A run of the program under test that is held at one of its requests to the store
// (hold_preload.c), so that a test can stop it there. Ends with this object. Throws
// std::runtime_error where that cannot be done. Used by one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace xsaudit {

class HeldProgram {
 public:
  enum class In { main, later };  // the program itself, or its process for the second look

  // Returns once it is held, or has ended without as many requests.
  HeldProgram(const std::string& program, const std::vector<std::string>& arguments,
              unsigned int at_request, In in = In::main);
  ~HeldProgram();
  HeldProgram(const HeldProgram&) = delete;
  HeldProgram& operator=(const HeldProgram&) = delete;

  bool held() const { return held_; }
  pid_t process() const { return process_; }
  // The one that watches the store for it, or for its second look; -1 if there is none.
  pid_t watch_process() const;

  void stop(int signal);  // returns once it is stopped
  void await_stop();
  void let_go();  // from the request
  void go_on();   // SIGCONT, and let_go()

  struct Ended {
    int status = -1;  // the exit status; -1: killed, or not within two minutes
    std::string output;
  };
  Ended end();

 private:
  In in_;
  pid_t process_ = -1;
  int said_ = -1;
  int go_ = -1;
  int output_ = -1;  // a file in memory
  bool held_ = false;
};

// The children of a process that have this name.
std::vector<pid_t> children_of(pid_t process, const std::string& name);
// Whether a process runs, stopped or not; one that has ended and is not waited for does not.
bool runs(pid_t process);

}  // namespace xsaudit
