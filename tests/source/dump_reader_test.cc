#include "source/recording/dump_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <vector>

#include "source/recording/dump_input.h"
#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

Snapshot read(std::string_view text) {
  auto store = read_dump_text(text, "dump");
  if (!store) FAIL(store.error().text());
  return std::move(store).value();
}

Error refusal(std::string_view text) {
  const auto store = read_dump_text(text, "dump");
  REQUIRE_FALSE(store.ok());
  return store.error();
}

std::string lab_dump(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/" + name);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "place: what" of each gap, one a line.
std::string gaps(const Snapshot& store) {
  std::string out;
  for (const auto& gap : store.info().gaps) out += gap.place + ": " + gap.what + "\n";
  return out;
}

std::string value(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  REQUIRE(node != kNoNode);
  REQUIRE(store.value_unknown(node) == UnknownReason::known);
  return std::string(store.value(node));
}

UnknownReason value_unknown(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  REQUIRE(node != kNoNode);
  return store.value_unknown(node);
}

UnknownReason permissions_unknown(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  REQUIRE(node != kNoNode);
  return store.permissions_unknown(node);
}

std::string permissions(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  REQUIRE(node != kNoNode);
  REQUIRE(store.permissions(node) != nullptr);
  return to_text(*store.permissions(node));
}

constexpr std::string_view kSmall =
    "/tool = \"\"   (n0)\n"
    "/tool/xenstored = \"\"   (n0)\n"
    "/local = \"\"   (n0)\n"
    "/local/domain = \"\"   (n0)\n"
    "/local/domain/0 = \"\"   (n0)\n"
    "/local/domain/0/name = \"Domain-0\"   (n0)\n"
    "/local/domain/1 = \"\"   (n0,r1)\n"
    "/local/domain/1/data = \"x\\ny\"   (n1)\n";

}  // namespace

TEST_CASE("a listing with permissions becomes a store") {
  const Snapshot store = read(kSmall);
  CHECK(store.size() == 9);
  CHECK(store.info().name == "dump");
  CHECK(store.info().kind == "xenstore-ls -fp");
  CHECK(store.info().coverage == Coverage::whole);
  CHECK(store.info().has_permissions);
  CHECK(store.info().complete());
  CHECK(value(store, "/local/domain/0/name") == "Domain-0");
  CHECK(value(store, "/local/domain/1/data") == "x\ny");
  CHECK(permissions(store, "/local/domain/1") == "n0,r1");
  CHECK(store.presence("/local/domain/1/name") == Presence::absent);
  CHECK(store.presence("/libxl") == Presence::absent);
}

TEST_CASE("what the form never holds is unknown for that reason") {
  const Snapshot with = read(kSmall);
  CHECK(with.value_unknown(kRootNode) == UnknownReason::not_in_form);
  CHECK(with.permissions_unknown(kRootNode) == UnknownReason::not_in_form);
  CHECK_FALSE(with.info().introduced.has_value());

  const Snapshot without = read("/tool = \"\"\n/local = \"here\"\n");
  CHECK(without.info().kind == "xenstore-ls -f");
  CHECK_FALSE(without.info().has_permissions);
  CHECK(value(without, "/local") == "here");
  CHECK(permissions_unknown(without, "/local") == UnknownReason::not_in_form);
  CHECK(without.info().complete());
}

TEST_CASE("recordings of real stores are read whole and print as they were") {
  const auto [name, nodes] = GENERATE(table<std::string, std::size_t>({
      {"cxenstored-01-2pv-vif-vbd.fp.txt", 398},
      {"oxenstored-01-2pv-vif-vbd.fp.txt", 400},
      {"cxenstored-34-fill-data.fp.txt", 701},
      {"oxenstored-34-fill-data.fp.txt", 703},
  }));
  const std::string text = lab_dump(name);
  const Snapshot store = read(text);
  CHECK(gaps(store).empty());
  CHECK(store.size() == nodes);
  CHECK(store.info().coverage == Coverage::whole);
  CHECK(printed_by_client(store, {.permissions = true}) == text);
}

TEST_CASE("what a guest wrote is read as it was written") {
  const Snapshot store = read(lab_dump("cxenstored-34-fill-data.fp.txt"));
  const std::string data = "/local/domain/6/data/";
  CHECK(value(store, data + "fake-perm") == "\"   (n0)");
  CHECK(permissions(store, data + "fake-perm") == "n6");
  CHECK(value(store, data + "fake-line") == "x\"   (n0)\n/local/domain/0/fake = \"owned\"   (b0)");
  CHECK(store.find("/local/domain/0/fake") == kNoNode);
  CHECK(value(store, data + "nonutf8") ==
        "\xff\xfe\x80"
        "abc");
  CHECK(value(store, data + "nulonly") == std::string(1, '\0'));
  CHECK(permissions(store, data + "tab") == "n6,n0,n2,n2,n2");
  CHECK(permissions(store, data + "utf8") == "r6,b32767");
}

TEST_CASE("oxenstored's special nodes stay what they are") {
  const Snapshot store = read(lab_dump("oxenstored-01-2pv-vif-vbd.fp.txt"));
  CHECK(permissions(store, "/@introduceDomain") == "n0");
  CHECK(permissions(store, "/@releaseDomain") == "n0");
}

TEST_CASE("the same store without permissions has the same values") {
  const Snapshot with = read(lab_dump("cxenstored-34-fill-data.fp.txt"));
  const Snapshot without = read(printed_by_client(with, {}));
  REQUIRE(without.size() == with.size());
  for (NodeId node = 1; node < with.size(); ++node) {
    CHECK(without.path(node) == with.path(node));
    CHECK(without.value(node) == with.value(node));
  }
}

TEST_CASE("an empty recording is nothing that could be clean") {
  for (const char* text : {"", "\n", "\n\n\n"}) {
    const Snapshot store = read(text);
    CHECK(store.size() == 1);
    CHECK(gaps(store) == "dump: the recording is empty\n");
    CHECK(store.info().coverage == Coverage::excerpt);
    CHECK(store.presence("/tool") == Presence::unknown);
  }
}

TEST_CASE("what is no recording is refused with its line") {
  CHECK(refusal("\n\nGreetings,\nhere is my store.\n").text() ==
        "dump:3: this is not a recording of a store: 'Greetings,' "
        "(record one with 'xenstore-ls -fp')");
  CHECK(refusal("\n \t  1\t/tool = \"\"\n").message ==
        "this is not a recording of a store: ' \\t  1\\t/tool = \"\"'");
  CHECK(refusal(std::string("\x7f"
                            "ELF\x02\x01\x01\0\0\0",
                            10))
            .text() ==
        "dump:1: this is not text but binary data, and not a recording of a store "
        "(record one with 'xenstore-ls -fp')");
  CHECK(refusal(std::string("text\n\0more", 10)).place == "dump:2");
  CHECK(refusal("name = <\x1b[2J>\n").message ==
        "this is not a recording of a store: 'name = <\\x1b[2J>'");
  CHECK(refusal(std::string(1000, 'x')).message.size() < 200);
}

TEST_CASE("a line that no store can have ends the reading") {
  const std::string longest(DumpInput::kMaxLineBytes - 20, 'v');
  CHECK(read("/a = \"\"\n/b = \"" + longest + "\"\n").info().complete());
  const Error error = refusal("/a = \"\"\n/b = \"" + longest + longest + "\"\n");
  CHECK(error.place == "dump:2");
  CHECK(error.message.find("longer than") != std::string::npos);
  CHECK(refusal("/b = \"" + longest + longest).place == "dump:1");
}

TEST_CASE("a file cut in mid-line is not complete, and its last line not believed") {
  const std::string text(kSmall);
  for (std::size_t cut = 20; cut < text.size(); ++cut) {
    CAPTURE(cut);
    const Snapshot store = read(text.substr(0, cut));
    if (text[cut - 1] == '\n') continue;  // nothing shows that
    CHECK_FALSE(store.info().complete());
    CHECK(store.info().coverage == Coverage::excerpt);
    CHECK(store.presence("/libxl") == Presence::unknown);
    CHECK(gaps(store).find("the recording was truncated here") != std::string::npos);
    for (NodeId node = 1; node < store.size(); ++node) {
      if (store.value_unknown(node) != UnknownReason::known) continue;
      const std::string line = store.path(node) + " = \"" + escaped_by_client(store.value(node)) +
                               "\"   (" + to_text(*store.permissions(node)) + ")\n";
      CHECK(text.find(line) != std::string::npos);
    }
  }
}

TEST_CASE("what was read whole before a cut is still known") {
  const Snapshot store = read(std::string(kSmall).substr(0, kSmall.size() - 3));
  CHECK(store.presence("/tool/xenstored/domid") == Presence::absent);
  CHECK(store.presence("/local/domain/0/vm") == Presence::absent);
  CHECK(store.presence("/local/domain/1/vm") == Presence::unknown);
  CHECK(store.presence("/local/domain/2") == Presence::unknown);
  CHECK(value_unknown(store, "/local/domain/1/data") == UnknownReason::cut);
  CHECK(permissions_unknown(store, "/local/domain/1/data") == UnknownReason::not_recorded);
}

TEST_CASE("paths that no store has are left out, with their line") {
  const auto [path, why] = GENERATE(table<std::string, std::string>({
      {"/local//domain", "empty component"},
      {"/local/../libxl", "a character that no node name can have"},
      {"/local/dom.ain", "a character that no node name can have"},
      {"/local/", "ends with '/'"},
      {"/", "a listing cannot contain it"},
      {"/" + std::string(5000, 'x'), "longer than 4095 bytes"},
  }));
  const Snapshot store = read("/tool = \"\"   (n0)\n/local = \"\"   (n0)\n" + path +
                              " = \"\"   (n0)\n/vm = \"\"   (n0)\n");
  CHECK(store.size() == 4);
  CHECK(gaps(store).find("dump:3: ") == 0);
  CHECK(gaps(store).find(why) != std::string::npos);
  CHECK(store.presence("/local/domain") == Presence::unknown);
  CHECK(store.presence("/tool/xenstored") == Presence::absent);
  CHECK(store.presence("/vm/x") == Presence::absent);
}

TEST_CASE("of a node that appears twice the first is kept") {
  const Snapshot store = read(std::string(kSmall) + "/local/domain/0/name = \"other\"   (b1)\n");
  CHECK(value(store, "/local/domain/0/name") == "Domain-0");
  CHECK(permissions(store, "/local/domain/0/name") == "n0");
  CHECK(gaps(store) ==
        "dump:9: /local/domain/0/name was described before; the first description is kept\n");
}

TEST_CASE("a child before its parent makes an excerpt") {
  const Snapshot store = read(
      "/tool = \"\"   (n0)\n"
      "/local/domain = \"child\"   (n0)\n"
      "/local = \"parent\"   (n0)\n");
  CHECK(value(store, "/local") == "parent");
  CHECK(value(store, "/local/domain") == "child");
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK(gaps(store) ==
        "dump:2: /local/domain comes without its parent before it\n"
        "dump:3: /local comes after nodes that lie below it\n");
  CHECK(store.presence("/vm") == Presence::unknown);
}

TEST_CASE("a filtered listing is an excerpt") {
  const Snapshot store = read(
      "/local/domain/1/device/vif/0/state = \"4\"   (n1,r0)\n"
      "/local/domain/1/device/vif/1/state = \"4\"   (n1,r0)\n"
      "/local/domain/2/device/vif/0/state = \"4\"   (n2,r0)\n");
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK_FALSE(store.info().complete());
  CHECK(store.presence("/local/domain/1/device/vif/0/mac") == Presence::unknown);
  CHECK(store.presence("/libxl") == Presence::unknown);
  CHECK(value_unknown(store, "/local/domain/1") == UnknownReason::not_recorded);
  CHECK(store.info().gap_count == 2);
}

TEST_CASE("a listing of one node covers what is below it") {
  const Snapshot store = read(
      "/libxl/10/device = \"\"   (n0)\n"
      "/libxl/10/device/vif = \"\"   (n0)\n"
      "/libxl/10/type = \"pv\"   (n0)\n");
  CHECK(store.info().coverage == Coverage::subtree);
  CHECK(store.info().covered == "/libxl/10");
  CHECK(store.info().gap_count == 0);
  CHECK_FALSE(store.info().complete());
  // Its own line is not there: what else lies below it may have been left out.
  CHECK(store.presence("/libxl/10/dm-version") == Presence::unknown);
  CHECK(store.presence("/libxl/10/device/vif/0") == Presence::absent);
  CHECK(store.recorded() == 3);
  UnknownReason why{};
  CHECK(store.presence("/libxl/11", &why) == Presence::unknown);
  CHECK(why == UnknownReason::not_covered);
  CHECK(store.presence("/local", &why) == Presence::unknown);
  CHECK(why == UnknownReason::not_covered);
  CHECK(value_unknown(store, "/libxl/10") == UnknownReason::not_covered);
  CHECK(permissions_unknown(store, "/libxl") == UnknownReason::not_covered);
}

TEST_CASE("a store without what every store has is a part of one") {
  DumpOptions options;
  options.always = {"/local", "/local/domain", "/tool"};
  const auto read_part = [&](std::string_view text) {
    return read_dump_text(text, "dump", options).value();
  };
  const std::string whole =
      "/tool = \"\"   (n0)\n/local = \"\"   (n0)\n/local/domain = \"\"   (n0)\n"
      "/vm = \"\"   (n0)\n";
  CHECK(read_part(whole).info().complete());
  CHECK(read_part(whole).presence("/libxl") == Presence::absent);

  const Snapshot records =
      read_part("/libxl = \"\"   (n0)\n/libxl/3 = \"\"   (n0)\n/vm = \"\"   (n0)\n");
  CHECK(records.info().coverage == Coverage::excerpt);
  CHECK(records.presence("/local/domain/3") == Presence::unknown);
  CHECK(records.presence("/libxl/4") == Presence::absent);
  CHECK(gaps(records) ==
        "dump: it has no /local, which every store has: this is a part of a store\n");

  options.implied = {{"/local/domain", "vm", "/vm"}};
  const std::string home = whole.substr(0, whole.find("/vm")) +
                           "/local/domain/0 = \"\"   (n0)\n/local/domain/0/vm = \"/vm/x\"   (n0)\n";
  CHECK(read_part(home + "/vm = \"\"   (n0)\n").info().complete());
  CHECK(read_part(home).presence("/vm/x") == Presence::unknown);
  CHECK(read_part(home).presence("/local/domain/0/name") == Presence::unknown);

  const Snapshot cut = read_part("/tool = \"\"   (n0)\n/local = \"\"   (n0)\n/vm = \"\"   (n0)\n");
  CHECK(cut.presence("/local/pool") == Presence::unknown);
  CHECK(cut.presence("/libxl") == Presence::unknown);
  CHECK(cut.presence("/tool/x") == Presence::absent);
}

TEST_CASE("one node with all below it may have been picked from a longer listing") {
  const Snapshot store = read(
      "/libxl = \"\"   (n0)\n"
      "/libxl/1 = \"\"   (n0)\n"
      "/libxl/2 = \"\"   (n0)\n");
  CHECK(store.info().coverage == Coverage::subtree);
  CHECK(store.info().covered == "/libxl");
  CHECK(store.presence("/libxl/1/x") == Presence::absent);
  // It may have been cut behind any line.
  CHECK(store.presence("/libxl/2/x") == Presence::unknown);
  CHECK(store.presence("/libxl/3") == Presence::unknown);
  CHECK(store.presence("/local") == Presence::unknown);
  CHECK(value(store, "/libxl").empty());
}

TEST_CASE("a sorted listing is as whole as an unsorted one") {
  const Snapshot store = read(
      "/a = \"\"   (n0)\n"
      "/a-b = \"\"   (n0)\n"
      "/a/c = \"\"   (n0)\n");
  CHECK(store.info().complete());
  CHECK(store.presence("/a/d") == Presence::absent);
  CHECK(store.path(2) == "/a/c");
}

TEST_CASE("a line that is none makes the nodes around it uncertain") {
  const Snapshot store = read(
      "/tool = \"\"   (n0)\n"
      "/tool/xenstored = \"\"   (n0)\n"
      "/local = \"\"   (n0)\n"
      "/local/domain = \"\"   (n0)\n"
      "--More--\n"
      "/vm = \"\"   (n0)\n"
      "/vm/x = \"\"   (n0)\n"
      "/libxl = \"\"   (n0)\n");
  CHECK(gaps(store) == "dump:5: not a line that xenstore-ls prints: '--More--'\n");
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK(store.presence("/tool/other") == Presence::absent);
  CHECK(store.presence("/vm/other") == Presence::absent);
  CHECK(store.presence("/local/domain/1") == Presence::unknown);
  CHECK(store.presence("/local/other") == Presence::unknown);
  CHECK(store.presence("/other") == Presence::unknown);
}

TEST_CASE("messages of the client between the lines are gaps with their line") {
  const Snapshot store = read(
      "/local = \"\"   (n0)\n"
      "/local/domain = \"\" \n"
      "xenstore-ls: \n"
      "could not access permissions for domain: Permission denied\n"
      "/vm = \"\"   (n0)\n"
      "/vm/1:\n"
      "  (n0,r1)\n"
      "/vm/2:\n"
      "\n"
      "xenstore-ls: xs_directory (/vm/2): Permission denied\n");
  CHECK(permissions_unknown(store, "/local/domain") == UnknownReason::unreadable);
  CHECK(value(store, "/local/domain").empty());
  CHECK(value_unknown(store, "/vm/1") == UnknownReason::unreadable);
  CHECK(permissions(store, "/vm/1") == "n0,r1");
  CHECK(permissions_unknown(store, "/vm/2") == UnknownReason::unreadable);
  UnknownReason why{};
  CHECK(store.presence("/vm/1/x", &why) == Presence::unknown);
  CHECK(why == UnknownReason::unreadable);
  CHECK(store.presence("/libxl") == Presence::unknown);
  CHECK(store.presence("/local/domain/1") == Presence::absent);
  const std::string all = gaps(store);
  for (const char* place :
       {"dump:2: ", "dump:3: ", "dump:4: ", "dump:6: ", "dump:8: ", "dump:10: "})
    CHECK(all.find(place) != std::string::npos);
  CHECK(store.info().gap_count == 6);
}

TEST_CASE("permissions without the node before them are stray") {
  const Snapshot store = read("/a = \"\"   (n0)\n  (b1)\n/b = \"\"   (n0)\n");
  CHECK(permissions(store, "/a") == "n0");
  CHECK(gaps(store).find("dump:2: ") == 0);
}

TEST_CASE("a value that the client cannot have printed is unknown") {
  const Snapshot store = read("/a = \"left\\qright\"   (n0)\n/b = \"\"   (n0)\n");
  CHECK(value_unknown(store, "/a") == UnknownReason::not_recorded);
  CHECK(permissions(store, "/a") == "n0");
  CHECK(gaps(store) == "dump:1: xenstore-ls prints no value like this: '\\\\qright'\n");
}

TEST_CASE("a value cut at the width of a terminal is unknown") {
  const Snapshot store = read("/a = \"begin\\...\"  (n0)\n/b = \"\"   (n0)\n");
  CHECK(value_unknown(store, "/a") == UnknownReason::cut);
  CHECK(permissions(store, "/a") == "n0");
  CHECK(gaps(store).find("dump:1: the value of /a was cut") == 0);
  CHECK(store.info().coverage == Coverage::whole);
}

// Guests set them, and both daemons keep them.
TEST_CASE("numbers that no domain can have are read as they stand") {
  const Snapshot store = read(
      "/a = \"\"   (n2,r70000)\n/b = \"\"   (n2,b-5,r9223372036854775803)\n/c = \"x(n-1)\"   "
      "(n-1)\n");
  CHECK(gaps(store).empty());
  CHECK(permissions(store, "/a") == "n2,r70000");
  CHECK(permissions(store, "/b") == "n2,b-5,r9223372036854775803");
  CHECK(permissions(store, "/c") == "n-1");
  CHECK(value(store, "/c") == "x(n-1)");
}

TEST_CASE("permissions that are none, or missing here and there, are unknown") {
  const Snapshot odd = read("/a = \"\"   (n,r3)\n/b = \"\"   (nn)\n/c = \"\"   (n0)\n");
  CHECK(permissions_unknown(odd, "/a") == UnknownReason::not_recorded);
  CHECK(permissions_unknown(odd, "/b") == UnknownReason::not_recorded);
  CHECK(gaps(odd).find("dump:1: 'n' is not a permission") == 0);
  CHECK(odd.info().gap_count == 2);

  const Snapshot later = read("/a = \"\"   (n0)\n/b = \"\"\n");
  CHECK(gaps(later) == "dump:2: /b is recorded without permissions\n");
  CHECK(permissions_unknown(later, "/b") == UnknownReason::not_recorded);

  const Snapshot earlier = read("/a = \"\"\n/b = \"\"   (n0)\n/c = \"\"   (n0)\n");
  CHECK(earlier.info().has_permissions);
  CHECK(earlier.info().gap_count == 1);
  CHECK(gaps(earlier).find("dump:2: ") == 0);
}

TEST_CASE("names of files are as untrusted as what is in them") {
  const auto store = read_dump_text("", "\x1b[2J.txt");
  REQUIRE(store);
  CHECK(gaps(*store) == "\\x1b[2J.txt: the recording is empty\n");
}

TEST_CASE("a recording is read from a descriptor in pieces") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], kSmall.data(), kSmall.size()) == static_cast<ssize_t>(kSmall.size()));
  ::close(ends[1]);
  const auto store = read_dump(ends[0], "-");
  ::close(ends[0]);
  REQUIRE(store);
  CHECK(store->size() == 9);

  const int directory = ::open("/", O_RDONLY | O_DIRECTORY);
  const auto failed = read_dump(directory, "/");
  ::close(directory);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().text() == "/: it cannot be read: Is a directory");
  CHECK_FALSE(read_dump(-1, "gone"));
}

}  // namespace xsaudit
