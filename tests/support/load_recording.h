// Fills a daemon with a recorded store, for tests of live stores. Used by one thread.
#pragma once

#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "source/recording/dump_reader.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {

// A recording of tests/dumps, by its name without folder and ending.
inline std::string lab_recording(const std::string& name) {
  return XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored/" + name + ".fp.txt";
}

// `alive` are introduced, besides domain 0.
inline void load_recording(RunningDaemon& daemon, const std::string& name,
                           const std::vector<Domid>& alive) {
  std::FILE* const file = std::fopen(lab_recording(name).c_str(), "re");
  REQUIRE(file != nullptr);
  const auto recorded = read_dump(::fileno(file), name);
  std::fclose(file);
  REQUIRE(recorded);
  XenstoreClient control;
  control.load(*recorded);
  for (const Domid domid : alive) {
    daemon.make_ring(domid);
    control.introduce(domid);
  }
}

}  // namespace xsaudit
