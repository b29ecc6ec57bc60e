// Which line of a recording describes a node, and the hash of the recording.
#include <catch2/catch.hpp>
#include <string>

#include "base/hash.h"
#include "source/recording/dump_reader.h"

using namespace xsaudit;

namespace {

Snapshot read(const std::string& text, const DumpOptions& options = {}) {
  auto snapshot = read_dump_text(text, "dump", options);
  if (!snapshot) FAIL(snapshot.error().text());
  return std::move(snapshot).value();
}

std::uint64_t line(const Snapshot& snapshot, const char* path) {
  const NodeId node = snapshot.find(path);
  REQUIRE(node != kNoNode);
  return snapshot.line(node);
}

}  // namespace

TEST_CASE("a node of a listing has its line, in whichever order the lines come") {
  const Snapshot snapshot = read(
      "/tool = \"\"   (n0)\n"
      "/local = \"\"   (n0)\n"
      "/local/domain = \"\"   (n0)\n"
      "/local/domain/3 = \"\"   (n0,r3)\n"
      "/vm = \"\"   (n0)\n"
      "/local/domain/3/name = \"web\"   (n0,r3)\n"
      "/tool/xenstored = \"\"   (n0)\n");
  CHECK(line(snapshot, "/tool") == 1);
  CHECK(line(snapshot, "/local/domain/3") == 4);
  CHECK(line(snapshot, "/local/domain/3/name") == 6);
  CHECK(line(snapshot, "/tool/xenstored") == 7);
  CHECK(line(snapshot, "/") == 0);
}

TEST_CASE("an indented listing has the lines of its nodes, too") {
  DumpOptions at_root;
  at_root.at = "/";
  const Snapshot snapshot =
      read("tool = \"\"\n xenstored = \"\"\nlocal = \"\"\n domain = \"\"\n", at_root);
  CHECK(line(snapshot, "/tool/xenstored") == 2);
  CHECK(line(snapshot, "/local/domain") == 4);
}

TEST_CASE("a recording has the hash and the number of all of its bytes") {
  const std::string text = "/tool = \"\"   (n0)\n/local = \"\"   (n0)\n";
  const Snapshot snapshot = read(text);
  REQUIRE(snapshot.info().recorded);
  CHECK(snapshot.info().recorded->bytes == text.size());
  CHECK(snapshot.info().recorded->sha256 == hexadecimal(sha256(text)));
}
