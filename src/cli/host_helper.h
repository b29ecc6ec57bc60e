// A process that collects host facts for a program that may not do so itself after its confinement.
// It is started before the program gives up its privileges and answers until the program ends. It
// never reads the store. A request contains numbers and UUIDs from the store
// (audit/host_questions.h); the files and options that belong to them come from the schema, so a
// request cannot choose a path.
//
// The program and a process that it started may both send requests, one after the other. Used by
// one thread.
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
  // Forks, so there must be one thread. `patience` is the time limit for one answer.
  static Result<HostHelper> start(const Schema& schema, std::chrono::seconds patience);

  // The descriptors that must stay open for ask().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // An error if the answer is late or incomplete.
  Result<HostFacts> ask(const NamedByStore& named);
  // Only the kernel's view of the devices.
  Result<HostFacts> ask_kernel();

 private:
  Result<HostFacts> ask(const std::string& request);
  HostHelper(ChildProcess process, std::chrono::seconds patience)
      : process_(std::move(process)), patience_(patience) {}

  ChildProcess process_;
  std::chrono::seconds patience_;
};

}  // namespace xsaudit
