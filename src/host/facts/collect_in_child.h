// Collects host facts (host_facts.h) in a child process. A process that is examined can make the
// reader of its command line wait for memory that it serves itself; then only the child hangs, and
// the program goes on.
//
// To be called before the program is confined, by its only thread.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "host/facts/host_facts.h"

namespace xsaudit {

// The facts as a process record (process_record.h): the child must encode them, and this is the
// existing encoding. The text is passed on and parsed once, by the process that judges the facts.
// An error if the facts are late or incomplete.
Result<std::string> collect_in_child(ProcessSource& source, const HostQuestions& questions,
                                     std::chrono::seconds patience);

}  // namespace xsaudit
