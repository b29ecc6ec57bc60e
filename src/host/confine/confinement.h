// Closes the descriptors that a process no longer needs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/confine/seccomp_filter.h"

namespace xsaudit {

// Closes every descriptor of the calling process except those in `keep`, which must be sorted. Safe
// between fork() and _exit(). False if some could not be closed. The caller makes sure that no
// other thread uses them.
bool close_descriptors_but(const std::vector<int>& keep);

// Gives up the privileges of the process. A fault in the code that reads guests' data can then at
// most damage the outputs: everything that was not open before is out of reach.
//
// To be called once, when everything that comes from files is read or at least open (the schema and
// the rules, recordings), before any byte of a guest is read, and before threads are started: later
// threads are confined, too. A forbidden call fails with EPERM.
//
// Afterwards no file can be opened, created or renamed, not even for reading, and no socket can be
// connected. `open_last` connects to whatever must be reached later, above all the store. Outputs
// that replace whole files are opened before with AtomicOutputs, whose helper renames them:
//
//   AtomicOutputs outputs;
//   Result<int> report = outputs.open("report.html");
//   Status started = outputs.start();
//   Result<Confinement> confinement = confine(
//       {.descriptors = outputs.descriptors(),
//        .user = "nobody",
//        .open_last = [&] { connect_to_the_store(); }});
//   for (const Confinement::Part& part : confinement->missing()) say(part.name, part.reason);
//   …  // read the store, audit, write to *report
//   Status replaced = outputs.commit();
struct ConfinementOptions {
  // The descriptors that stay open in addition to standard input, output and error.
  std::vector<int> descriptors = {};
  // The user whose uid and gid the process gets, without supplementary groups; empty: unchanged.
  std::string user = {};
  // Called when all other descriptors are closed and before any privilege is given up. Descriptors
  // that it opens stay open. It must not leave a thread behind. Not called if empty.
  std::function<void()> open_last = {};
  // The descriptor of a directory in which the process may make new files, and remove files
  // (seccomp_filter.h); it is also one of `descriptors`. -1: there is none.
  int directory = -1;
  // The process is killed when the thread that started it ends (prctl(2) PR_SET_PDEATHSIG, which a
  // change of the uid undoes).
  bool end_with_parent = false;
  // The only request to a device that is allowed, on one of the descriptors.
  std::optional<DeviceCall> device_call = {};
};

class Confinement {
 public:
  struct Part {
    std::string name;    // "descriptors", "user", "capabilities", "no new privileges",
                         // "system calls"
    std::string reason;  // why it is not in force; empty if it is. Safe to print
    bool in_force() const { return reason.empty(); }
  };

  const std::vector<Part>& parts() const { return parts_; }  // the requested parts, in force or not
  std::vector<Part> missing() const;

 private:
  friend Result<Confinement> confine(const ConfinementOptions& options);
  void add(std::string name, bool in_force, std::string reason);

  std::vector<Part> parts_;
};

// Fails only if the process cannot become `user`: there is no such user, or a process of root could
// not give up its uid. missing() lists the parts that the kernel lacks.
Result<Confinement> confine(const ConfinementOptions& options);

}  // namespace xsaudit
