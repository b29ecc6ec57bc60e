// Stores in which a guest has made much of one thing: entries of a permission list, nodes, levels,
// names in a directory, bytes of a value or of a path, devices, watches. Each is a recording of two
// guests that libxl made, and what guest 1 made on top. For tests and for the benchmark, which
// double `size` and compare what an audit costs. Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace xsaudit {

struct HostileStore {
  const char* quantity;  // "entries"
  const char* content;   // "of dead domains": what the guest filled it with
  // For a test that counts steps, and for the benchmark: the first of the sizes that are doubled.
  // Large enough that what the guest made costs more than the rest of the store, and, where nodes
  // are alike, that searches give up comparing each with each (search_index.h).
  std::size_t small;
  std::size_t large;
  std::string (*recording)(std::size_t size);  // in a form that read_dump() takes
};

const std::vector<HostileStore>& hostile_stores();

}  // namespace xsaudit
