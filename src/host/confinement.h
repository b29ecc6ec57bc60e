// The tool gives up its power over the host. Afterwards a fault in reading what guests wrote can
// at most spoil the outputs: what was not open before cannot be reached.
//
// To be called once, when everything that comes from files is read or at least open (the store, the
// schema and the rules, users, processes), before any byte of a guest is interpreted, and before
// threads are started: the threads to come are confined too. What is forbidden fails with EPERM.
//
// No file can be opened, made or renamed afterwards, not even to read. Outputs that shall replace
// files whole are therefore opened before through replaced_files.h, whose helper renames them:
//
//   ReplacedFiles outputs;
//   Result<int> report = outputs.open("report.html");
//   Status started = outputs.start();
//   Snapshot snapshot = …;  // reads the store
//   Result<Confinement> confinement = confine(
//       {.descriptors = outputs.descriptors(),
//        .user = "nobody",
//        .give_up_store_handles = [] { return xentoolcore_restrict_all(0) == 0; }});
//   for (const Confinement::Part& part : confinement->missing()) say(part.name, part.reason);
//   …  // audit, write to *report
//   Status replaced = outputs.commit();
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/error.h"

namespace xsaudit {

struct ConfinementOptions {
  // What stays open beside standard input, output and error.
  std::vector<int> descriptors = {};
  // Whose uid and gid to take, without supplementary groups; empty: keep them.
  std::string user = {};
  // Makes the store handles of libxenstore useless; false and errno where that failed. Not called
  // when empty.
  std::function<bool()> give_up_store_handles = {};
};

class Confinement {
 public:
  struct Part {
    std::string name;    // "store handles", "descriptors", "user", "capabilities",
                         // "no new privileges", "system calls"
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
