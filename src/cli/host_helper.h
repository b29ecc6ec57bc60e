// A process that collects host facts for a program that may not do so itself after its confinement
// (helper_process.h). It never reads the store. A request contains numbers and UUIDs from the store
// (audit/host_questions.h); the files and options that belong to them come from the schema, so a
// request cannot choose a path. Used by one thread.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "audit/host_questions.h"
#include "base/error.h"
#include "cli/helper_process.h"
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
  explicit HostHelper(HelperProcess process) : process_(std::move(process)) {}

  HelperProcess process_;
};

}  // namespace xsaudit
