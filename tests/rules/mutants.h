// Rule files with one part taken away or turned round: what a rule's own tests have to notice. Made
// mechanically, of every rule alike:
//   each conjunct, each disjunct, each item of a list written out is left out;
//   each condition is negated; of each `a ? b : c` one branch is taken;
//   each pattern under `match`, each entry of `severity_when` and of `superseded_by`, `report`,
//   `transient` and `when` are left out.
// Messages, evidence and prose are not touched. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/text_file.h"

namespace xsaudit {

struct Mutant {
  std::string change;  // "assert: without alive(DOMID)"
  TextFile file;
};

// A file that the program cannot load is not left out: the caller will notice.
std::vector<Mutant> mutants_of(const TextFile& rule);

}  // namespace xsaudit
