// Closing what a process shall no longer hold.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace xsaudit {

// Closes every descriptor of the calling process but those in `keep`, which must be sorted. Calls
// nothing that is unsafe between fork() and _exit(). False where some could not be told to be
// closed; whether other threads use them is the caller's business.
bool close_descriptors_but(const std::vector<int>& keep);

// The tool gives up its power over the host. Afterwards a fault in reading what guests wrote can
// at most spoil the outputs: what was not open before cannot be reached.
//
// To be called once, when everything that comes from files is read or at least open (the schema and
// the rules, recordings), before any byte of a guest is read, and before threads are started: the
// threads to come are confined too. What is forbidden fails with EPERM.
//
// No file can be opened, made or renamed afterwards, not even to read, and no socket connected.
// What is to be reached afterwards, the store above all, is connected to by `open_last`. Outputs
// that shall replace files whole are opened before through replaced_files.h, whose helper renames
// them:
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
  // What stays open beside standard input, output and error.
  std::vector<int> descriptors = {};
  // Whose uid and gid to take, without supplementary groups; empty: keep them.
  std::string user = {};
  // Called when all other descriptors are closed and before anything is given up. What it opens
  // stays open. It leaves no thread behind. Not called when empty.
  std::function<void()> open_last = {};
  // The process is killed when the thread that started it ends (prctl(2) PR_SET_PDEATHSIG, which a
  // change of the uid undoes).
  bool end_with_parent = false;
};

class Confinement {
 public:
  struct Part {
    std::string name;    // "descriptors", "user", "capabilities", "no new privileges",
                         // "system calls"
    std::string reason;  // why it is not in force; empty where it is. Safe to print
    bool in_force() const { return reason.empty(); }
  };

  const std::vector<Part>& parts() const { return parts_; }  // those asked for, in force or not
  std::vector<Part> missing() const;

 private:
  friend Result<Confinement> confine(const ConfinementOptions& options);
  void add(std::string name, bool in_force, std::string reason);

  std::vector<Part> parts_;
};

// Fails only where `user` is not to be had: no such user, or the uid could not be given up by a
// process that runs as root. What the kernel lacks is said in missing().
Result<Confinement> confine(const ConfinementOptions& options);

}  // namespace xsaudit
