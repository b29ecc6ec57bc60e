// A process that asks the host for a program that may not (any more): it is started before the
// program gives up its power and answers until the program ends. It never sees the store. It is
// given the numbers and UUIDs that the store names (audit/host_questions.h), and knows from the
// schema which files and options go with them, so that whoever asks cannot choose a path.
//
// The program and a process that it started may both ask, one after the other. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "audit/host_questions.h"
#include "base/child_process.h"
#include "base/error.h"
#include "host/facts/host_facts.h"
#include "schema/schema.h"

namespace xsaudit {

class HostHelper {
 public:
  // Forks, so there must be one thread. `patience` is for one answer.
  static Result<HostHelper> start(const Schema& schema, std::chrono::seconds patience);

  // What must stay open for ask().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // An error where the answer does not come in time, or not whole.
  Result<HostFacts> ask(const NamedByStore& named);

 private:
  HostHelper(ChildProcess process, std::chrono::seconds patience)
      : process_(std::move(process)), patience_(patience) {}

  ChildProcess process_;
  std::chrono::seconds patience_;
};

}  // namespace xsaudit
