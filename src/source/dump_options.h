// What whoever has a recording may say of it beside what it says itself. A plain value.
#pragma once

#include <string>
#include <vector>

namespace xsaudit {

struct DumpOptions {
  std::string form;  // a name of dump_forms(); empty: recognised by its content
  // The node whose children an indented listing, or one with relative paths, begins with; empty:
  // not said.
  std::string at;
  // Names that stores have directly below "/": an indented listing that begins with nothing else is
  // taken to begin there.
  std::vector<std::string> top_names;
  // Paths that every store has: a recording without one of them is not whole.
  std::vector<std::string> always;
  // Where a node two levels below `above` is called `name`, every store has `path`, too.
  struct Implied {
    std::string above;
    std::string name;
    std::string path;
  };
  std::vector<Implied> implied;
};

}  // namespace xsaudit
