// A process that answers requests of a program that is confined. It is started before the program
// gives up its privileges and answers until the program ends. A request and its answer are texts.
//
// The program and a process that it started may both send requests, one after the other. Used by
// one thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/child_process.h"
#include "base/error.h"

namespace xsaudit {

class HelperProcess {
 public:
  using Answer = std::function<Result<std::string>(const std::string& request)>;

  // Forks, so there must be one thread. `prepare` runs in the new process, with the descriptors
  // that it needs for requests and answers, and returns the function that answers. `place` is for
  // errors; `patience` is the time limit for one answer.
  static Result<HelperProcess> start(const std::string& place, std::chrono::seconds patience,
                                     const std::function<Answer(int from, int to)>& prepare,
                                     ChildProcess::End end = ChildProcess::End::killed_with_parent);

  // The descriptors that must stay open for ask().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // An error if there is no answer in time.
  Result<std::string> ask(const std::string& request);
  // False once a request had no answer: the process has ended, or waits for something.
  bool answers() const { return answers_; }

 private:
  HelperProcess(std::string place, ChildProcess process, std::chrono::seconds patience)

      : place_(std::move(place)), process_(std::move(process)), patience_(patience) {}

  std::string place_;
  ChildProcess process_;
  std::chrono::seconds patience_;
  bool answers_ = true;
};

}  // namespace xsaudit
