// Asking about the host (host_facts.h) in a process of its own. A process that is looked at can
// make whoever reads its command line wait for memory that it serves itself; the one that waits is
// then left behind, and the tool goes on.
//
// To be called before the tool is confined, by one thread while there is no other.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "host/facts/host_facts.h"

namespace xsaudit {

// The answers as a process record (process_record.h): they come from another process, so they need
// an encoding, and the record is the one that there is. It is passed on as it is and parsed once,
// by the process that judges the facts. An error where the answers did not come in time, or not
// whole.
Result<std::string> collect_in_child(ProcessSource& source, const HostQuestions& questions,
                                     std::chrono::seconds patience);

}  // namespace xsaudit
