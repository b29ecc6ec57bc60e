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
};

}  // namespace xsaudit
