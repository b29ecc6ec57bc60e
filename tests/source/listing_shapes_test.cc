// One store in every shape in which `xenstore-ls` prints it, and in what mail makes of those.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>

#include "source/recording/dump_reader.h"
#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

const DumpOptions kOptions = {.form = "",
                              .at = "",
                              .top_names = {"tool", "local", "vm", "libxl"},
                              .always = {},
                              .implied = {}};

Snapshot read(std::string_view text, const DumpOptions& options = kOptions) {
  auto store = read_dump_text(text, "dump", options);
  if (!store) FAIL(store.error().text());
  return *std::move(store);
}

std::string refusal(std::string_view text, const DumpOptions& options = kOptions) {
  const auto store = read_dump_text(text, "dump", options);
  return store ? "read" : store.error().text();
}

std::string lab(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored/" + name,
                     std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string gaps(const Snapshot& store) {
  std::string out;
  for (const auto& gap : store.info().gaps) out += gap.place + ": " + gap.what + "\n";
  return out;
}

std::string value(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  if (node == kNoNode) return "no node";
  if (store.value_unknown(node) != UnknownReason::known) {
    return std::string("? ") + to_text(store.value_unknown(node));
  }
  return std::string(store.value(node));
}

std::string permissions(const Snapshot& store, std::string_view path) {
  const NodeId node = store.find(path);
  if (node == kNoNode) return "no node";
  const Permissions* const list = store.permissions(node);
  return list != nullptr ? to_text(*list)
                         : std::string("? ") + to_text(store.permissions_unknown(node));
}

// What `part` knows is what `whole` says, and it has the same nodes, but for those whose names a
// terminal of that width cuts, and the nodes below it them.
void check_says_the_same(const Snapshot& part, const Snapshot& whole, std::size_t width = 10000) {
  const auto cut = [&](NodeId node) {
    for (; node != kRootNode; node = whole.parent(node)) {
      if (whole.depth(node) - 1 + whole.name(node).size() > width - 8) return true;
    }
    return false;
  };
  std::size_t seen = 1;
  for (NodeId node = 1; node < whole.size(); ++node) {
    if (cut(node)) continue;
    ++seen;
    INFO(whole.path(node));
    const NodeId same = part.find(whole.path(node));
    REQUIRE(same != kNoNode);
    if (part.value_unknown(same) == UnknownReason::known) {
      CHECK(part.value(same) == whole.value(node));
    }
    if (part.permissions(same) != nullptr) {
      CHECK(*part.permissions(same) == *whole.permissions(node));
    }
  }
  if (seen == whole.size()) CHECK(part.size() == whole.size());
}

// Each line through `change`, which gets it without its newline.
template <typename Change>
std::string each_line(const std::string& text, const Change& change) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += change(line) + "\n";
  return out;
}

constexpr std::string_view kIndented =
    "tool = \"\"\n"
    " xenstored = \"\"\n"
    "local = \"\"\n"
    " domain = \"\"\n"
    "  0 = \"\"\n"
    "   name = \"Domain-0\"\n"
    "  1 = \"\"\n";

}  // namespace

TEST_CASE("the stand-in for the client prints what real clients printed") {
  const std::string name = GENERATE("34-fill-data", "44-libxl-backend-swapped");
  const Snapshot store = read(lab(name + ".fp.txt"));
  CHECK(printed_by_client(store, {}) == lab(name + ".f.txt"));
  CHECK(printed_by_client(store, {.whole_paths = false}) == lab(name + ".plain.txt"));
  CHECK(printed_by_client(store, {.whole_paths = false, .permissions = true}) ==
        lab(name + ".p.txt"));
}

TEST_CASE("a store in every shape of xenstore-ls says the same") {
  const std::string name = GENERATE("34-fill-data", "44-libxl-backend-swapped");
  const Snapshot whole = read(lab(name + ".fp.txt"));
  const Snapshot flat = read(lab(name + ".f.txt"));
  const Snapshot padded = read(lab(name + ".p.txt"));
  const Snapshot plain = read(lab(name + ".plain.txt"));
  CHECK(flat.info().kind == "xenstore-ls -f");
  CHECK(padded.info().kind == "xenstore-ls -p");
  CHECK(plain.info().kind == "xenstore-ls");
  CHECK(padded.info().has_permissions);
  CHECK_FALSE(plain.info().has_permissions);
  check_says_the_same(flat, whole);
  CHECK(flat.info().gap_count == 0);
  CHECK(flat.info().coverage == Coverage::whole);
  for (const Snapshot* part : {&padded, &plain}) {
    check_says_the_same(*part, whole, 80);
    // Every value too long for 80 columns has its gap.
    std::uint64_t cut = 0;
    for (NodeId node = 1; node < part->size(); ++node) {
      cut += part->value_unknown(node) == UnknownReason::cut ? 1 : 0;
    }
    CHECK(part->info().gap_count >= cut);
  }
}

TEST_CASE("a guest's path deeper than the terminal is wide costs nothing but what is below it") {
  const Snapshot store = read(lab("34-fill-data.plain.txt"));
  CHECK(gaps(store).find("dump:383: the name of the node was cut") != std::string::npos);
  CHECK(value(store, "/libxl/6/type") == "pv");
  CHECK(value(store, "/local/domain/6/vm").starts_with("/vm/"));
  CHECK(store.presence("/libxl/7") == Presence::unknown);
}

TEST_CASE("terminals of any width leave what they did not cut") {
  const Snapshot whole = read(lab("44-libxl-backend-swapped.fp.txt"));
  const int width = GENERATE(40, 60, 61, 62, 63, 100, 200);
  const bool permissions = GENERATE(false, true);
  CAPTURE(width, permissions);
  check_says_the_same(read(printed_by_client(whole, {false, permissions, width})), whole,
                      static_cast<std::size_t>(width));
}

TEST_CASE("names cut at the width of a terminal are noticed") {
  const Snapshot whole = read(
      "/local = \"\"   (n0)\n"
      "/local/abcdefghijklmnopqrstuvwxyz = \"and a value\"   (n0)\n"
      "/local/abcdefghijklmnopqrstuvw123 = \"\"   (n0)\n");
  const Snapshot cut = read(printed_by_client(whole, {false, false, 20}));
  CHECK(gaps(cut).find("names may have been cut") != std::string::npos);
  CHECK(cut.info().coverage == Coverage::excerpt);
  CHECK(cut.presence("/local/abcdefghijklmnopqrstuvwxyz") == Presence::unknown);
}

TEST_CASE("old clients cut without a mark that is theirs alone") {
  const Snapshot store = read("tool = \"\"\n image = \"(linux (kernel ...\"\nvm = \"\"\n");
  CHECK(value(store, "/tool/image") == "? it was truncated by the recording");
  CHECK(gaps(store) == "dump:2: the value of /tool/image may have been cut\n");
  CHECK(store.info().coverage == Coverage::whole);
  // With -f nothing is ever cut.
  CHECK(value(read("/tool = \"and so on...\"\n"), "/tool") == "and so on...");
}

TEST_CASE("no value says more than its own node") {
  const std::string values[] = {"\"   (n0)",
                                "x\"   (n0)\n/libxl = \"owned\"   (b0)",
                                "\" . . . . .   (b1)",
                                "\" ",
                                "\\...",
                                "\\",
                                "...",
                                "/local/domain =\"\"",
                                "<filtered for security>",
                                "\n  (b7)\n",
                                "=3D \"",
                                "> > ",
                                "\r",
                                " = \"\"",
                                std::string("\0\x01\x7f\xff", 4)};
  for (const std::string& hostile : values) {
    INFO(escaped_by_client(hostile));
    const std::string printed = escaped_by_client(hostile);
    const Snapshot whole = read("/local = \"\"   (n0)\n/local/data = \"" + printed +
                                "\"   (n7)\n/local/data/below = \"b\"   (n7)\n/vm = \"\"   (n0)\n");
    CHECK(whole.info().complete());
    REQUIRE(value(whole, "/local/data") == hostile);
    for (const bool paths : {true, false}) {
      for (const bool shown : {true, false}) {
        CAPTURE(paths, shown);
        const Snapshot part = read(printed_by_client(whole, {paths, shown}));
        check_says_the_same(part, whole);
        CHECK(part.info().coverage == Coverage::whole);
        CHECK(value(part, "/local/data/below") == "b");
        CHECK(part.info().gap_count <= (paths ? 0 : 1));  // may have been cut
      }
    }
  }
}

TEST_CASE("an indented listing is placed where it says, or where it plainly belongs") {
  const Snapshot whole = read(kIndented);
  CHECK(whole.info().coverage == Coverage::whole);
  CHECK(value(whole, "/local/domain/0/name") == "Domain-0");
  CHECK(whole.presence("/libxl") == Presence::absent);

  const std::string home = "name = \"a\"\ndevice = \"\"\n vif = \"\"\n";
  DumpOptions at = kOptions;
  at.at = "/local/domain/5";
  const Snapshot placed = read(home, at);
  CHECK(value(placed, "/local/domain/5/name") == "a");
  CHECK(placed.info().coverage == Coverage::subtree);
  CHECK(placed.info().covered == "/local/domain/5");
  CHECK(placed.presence("/local/domain/5/vm") == Presence::absent);
  CHECK(placed.presence("/local/domain/6") == Presence::unknown);

  const Snapshot unplaced = read(home);
  CHECK(value(unplaced, "/@unplaced/name") == "a");
  CHECK(unplaced.recorded() == 3);
  CHECK(value(unplaced, "/@unplaced") == "? it lies outside the recorded part of the store");
  CHECK(unplaced.info().coverage == Coverage::excerpt);
  CHECK(unplaced.presence("/vm") == Presence::unknown);
  CHECK(gaps(unplaced) ==
        "dump:1: the place of these lines in the store is unknown, so they are shown below "
        "/@unplaced; --root-path PATH names the node that was listed\n");
  // A home has a vm, too, and the store of a guest nothing but what it may read.
  CHECK(read("vm = \"/vm/x\"\nname = \"\"\n").find("/@unplaced/vm") != kNoNode);
  CHECK(read("   vm = \"/vm/x\"\n").find("/@unplaced/vm") != kNoNode);
}

TEST_CASE("relative paths hang below the node given") {
  const std::string text = "device/vif = \"\"   (n0)\ndevice/vif/0 = \"\"   (n1,r0)\n";
  DumpOptions at = kOptions;
  at.at = "/local/domain/1";
  const Snapshot placed = read(text, at);
  CHECK(permissions(placed, "/local/domain/1/device/vif/0") == "n1,r0");
  CHECK(placed.info().coverage == Coverage::subtree);
  CHECK(permissions(read(text), "/@unplaced/device/vif/0") == "n1,r0");
}

TEST_CASE("fragments of one name are not one") {
  const Snapshot store = read(
      "     vif = \"\"\n"
      "      1 = \"\"\n"
      "\n"
      "     vif = \"\"\n"
      "      0 = \"\"\n");
  CHECK(store.size() == 1 + 2 + 4);
  CHECK(value(store, "/@unplaced/vif/1").empty());
  CHECK(value(store, "/@unplaced-2/vif/0").empty());
  CHECK(store.info().gap_count == 2);
}

TEST_CASE("a listing of which lines were left out is refused, with the line") {
  CHECK(refusal("tool = \"\"\nlocal = \"\"\n   name = \"\"\n") ==
        "dump:3:4: it is indented deeper than a child of the line before: '   name = \"\"' (lines "
        "are missing; a listing made with -f would still be readable)");
  CHECK(refusal("tool = \"\"\n {Name:1} = \"\"\n") ==
        "dump:2:2: '{Name:1}' cannot be the name of a node: ' {Name:1} = \"\"' (nodes below it "
        "have no place)");
}

TEST_CASE("lines run together are refused, with the line") {
  CHECK(refusal("/local = \"\"/local/domain =\"\"\n/local/domain/0 = \"\"\n") ==
        "dump:2:1: the parent of this node is in the value before it: '/local/domain/0 = \"\"' "
        "(lines were joined, so any value could be wrong)");
  // The same value where its node has the children that it should.
  CHECK(
      refusal("/local = \"\"/local/domain =\"\"\n/local/domain = \"\"\n/local/domain/0 = \"\"\n") ==
      "read");
}

TEST_CASE("after a line that is none, nothing is placed that could have been below it") {
  const Snapshot store = read(
      "tool = \"\"\n"
      "local = \"\"\n"
      " domain = \"\"\n"
      "  0 = \"\"\n"
      "--More--\n"
      "   name = \"whose?\"\n"
      "vm = \"\"\n"
      " x = \"\"\n");
  CHECK(store.find("/local/domain/0/name") == kNoNode);
  CHECK(value(store, "/vm/x").empty());
  CHECK(store.presence("/local/domain/0/name") == Presence::unknown);
  CHECK(store.presence("/tool/name") == Presence::absent);
  CHECK(gaps(store) ==
        "dump:5: not a line that xenstore-ls prints: '--More--'\n"
        "dump:6: its parent cannot be determined, because lines before it are missing\n");
}

TEST_CASE("nodes that could not be read leave the others where they are") {
  const Snapshot store = read(
      "local = \"\" . . . . . . .  (n0)\n"
      " one:\n"
      "  (n0,r2)\n"
      " two:\n"
      "xenstore-ls: \n"
      "could not access permissions for two: Permission denied\n"
      "\n"
      " three = \"3\"  . . . . . .  (n0,r2)\n");
  CHECK(value(store, "/local/one") == "? it could not be read");
  CHECK(permissions(store, "/local/one") == "n0,r2");
  CHECK(permissions(store, "/local/two") == "? it could not be read");
  CHECK(value(store, "/local/three") == "3");
  CHECK(permissions(store, "/local/three") == "n0,r2");
}

TEST_CASE("a value that was taken out is unknown for that reason") {
  const Snapshot store = read(
      "/local/domain/1/data/set_clipboard = <filtered for security>\n"
      "/local/domain/1/data/x = \"<filtered for security>\"\n");
  CHECK(value(store, "/local/domain/1/data/set_clipboard") ==
        "? it was filtered out of the recording");
  CHECK(value(store, "/local/domain/1/data/x") == "<filtered for security>");
}

TEST_CASE("what mail puts around every line is taken off") {
  const std::string name = GENERATE("34-fill-data", "44-libxl-backend-swapped");
  const std::string shape = GENERATE(".fp.txt", ".p.txt", ".plain.txt", ".f.txt");
  const std::string text = lab(name + shape);
  const Snapshot whole = read(text);
  const auto check_same = [&](const std::string& changed) {
    const Snapshot store = read(changed);
    check_says_the_same(store, whole);
    CHECK(gaps(store) == gaps(whole));
    CHECK(store.info().coverage == whole.info().coverage);
  };
  check_same(each_line(text, [](const std::string& line) { return line + "\r"; }));
  check_same(each_line(text, [](const std::string& line) { return "> " + line; }));
  check_same(each_line(text, [](const std::string& line) { return ">> " + line + "\r"; }));
  const std::string quoted =
      ">\n" + each_line(text, [](const std::string& line) { return "> " + line; }) + ">\n";
  check_says_the_same(read(quoted), whole);
}

TEST_CASE("what editors and chats do to a listing is undone") {
  const std::string name = GENERATE("34-fill-data", "44-libxl-backend-swapped");
  const std::string shape = GENERATE(".fp.txt", ".p.txt", ".plain.txt", ".f.txt");
  const std::string text = lab(name + shape);
  const Snapshot whole = read(text);
  const auto before_each = [&](const std::string& what) {
    return each_line(text, [&](const std::string& line) { return what + line; });
  };
  const auto tab_before_permissions = [](const std::string& line) {
    const std::size_t start = line.find_last_not_of(" .", line.rfind('(') - 1);
    return line.ends_with(')') ? line.substr(0, start + 1) + "\t" + line.substr(line.rfind('('))
                               : line;
  };
  const auto no_break_spaces = [](const std::string& line) {
    const std::size_t start = line.rfind(" (");
    return line.ends_with(')') ? line.substr(0, start) + "\xc2\xa0" + line.substr(start + 1) : line;
  };
  const auto no_break_indent = [](std::string line) {
    const std::size_t start = line.find_first_not_of(' ');
    for (std::size_t i = start; i > 0; i -= i == 1 ? 1 : 2) line.replace(i - 1, 1, "\xc2\xa0");
    return line;
  };
  const std::pair<const char*, std::string> edits[] = {
      {"a byte order mark", "\xef\xbb\xbf" + text},
      {"indented by blanks", before_each("    ")},
      {"indented by a tab", before_each("\t")},
      {"indented in a quoted mail", before_each(">     ")},
      {"blanks at the ends", each_line(text, [](auto& line) { return line + "  "; })},
      {"tabs and CR at the ends", each_line(text, [](auto& line) { return line + "\t\r"; })},
      {"tabs before permissions", each_line(text, tab_before_permissions)},
      {"no-break spaces before permissions", each_line(text, no_break_spaces)},
      {"no-break spaces before every line", before_each("\xc2\xa0 \xc2\xa0 ")},
      {"no-break spaces for blanks", each_line(text, no_break_indent)},
      {"text above", "Hello,\n\nthis is from my host:\n\n" + text},
      {"text around a quoted mail", "Hello,\n\n" + before_each("> ") + "\nIs that right?\n--\nme"},
      {"between fences", "The store:\n```\n" + text + "```\nand what follows\n"},
      {"between fences of a list", "* it is\n  ```text\n" + before_each("  ") + "  ```\n"},
      {"below a prompt", "root@dom0:~# xenstore-ls -fp\n" + text + "root@dom0:~# "},
      {"below another prompt", "$ sudo xenstore-ls\n" + text},
  };
  for (const auto& [edit, changed] : edits) {
    INFO(edit);
    const Snapshot store = read(changed);
    check_says_the_same(store, whole);
    CHECK(store.info().gap_count == whole.info().gap_count);
    CHECK(store.info().coverage == whole.info().coverage);
    CHECK(store.info().kind == whole.info().kind);
  }
}

TEST_CASE("a no-break space in a value is not a blank") {
  // No client prints one there: the value is not known, as with any other byte that it escapes.
  const Snapshot store = read("/local = \"a\xc2\xa0z\"\xc2\xa0  (n0)\n/vm = \"\"   (n0)\n");
  CHECK(value(store, "/local").substr(0, 2) == "? ");
  CHECK(permissions(store, "/local") == "n0");
  CHECK(store.info().gap_count == 1);
}

TEST_CASE("what could be a part of the listing is no text around it") {
  const std::string text = "/local = \"\"   (n0)\n/vm = \"\"   (n0)\n";
  const std::string stray =
      GENERATE("xenstore-ls: xs_directory (/tool): Permission denied", "/tool=\"\"", "[...]", "...",
               "/tool", "could not access permissions for tool: Permission denied");
  CAPTURE(stray);
  CHECK(read(stray + "\n" + text).info().gap_count == 1);
  CHECK(read("# xenstore-ls\n" + stray + "\n" + text).info().gap_count == 1);
  // Below a listing any line can be what is left of one.
  CHECK(read(text + "some text\n").info().gap_count == 1);
}

TEST_CASE("blanks behind a value are refused permissions only where others have them") {
  const std::string bare = "/local = \"\" \n/vm = \"\" \n";
  CHECK(read(bare).info().gap_count == 0);
  CHECK_FALSE(read(bare).info().has_permissions);
  const Snapshot store = read(bare + "/libxl = \"\"   (n0)\n");
  CHECK(permissions(store, "/local") == "? it could not be read");
  CHECK(store.info().gap_count == 2);
}

TEST_CASE("what is left of a first line does not decide what the others are") {
  const Snapshot store =
      read("al/domain = \"\"   (n0)\n/local/domain/0 = \"\"   (n0)\n/vm = \"\"   (n0)\n");
  CHECK(value(store, "/local/domain/0").empty());
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK(gaps(store).starts_with("dump:1: "));
}

TEST_CASE("an indented listing that was sorted is refused, one with -f is not") {
  const auto sorted = [](const std::string& text, bool down) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    std::sort(lines.begin(), lines.end());
    if (down) std::reverse(lines.begin(), lines.end());
    return std::accumulate(lines.begin(), lines.end(), std::string());
  };
  const std::string name = GENERATE("34-fill-data", "44-libxl-backend-swapped");
  for (const bool down : {false, true}) {
    for (const char* const indent : {"", "    "}) {
      for (const char* const shape : {".plain.txt", ".p.txt"}) {
        CAPTURE(down, indent, shape);
        const std::string listing =
            each_line(lab(name + shape), [&](const std::string& line) { return indent + line; });
        CHECK(refusal(listing) == "read");
        CHECK(refusal(sorted(listing, down)).starts_with("dump: the lines of this indented"));
      }
    }
  }
  CHECK(read(sorted(lab(name + ".fp.txt"), false)).info().complete());
  // Small ones, each as a client prints it.
  CHECK(refusal("local = \"\"\n domain = \"\"\n  0 = \"\"\n") == "read");
  CHECK(refusal("  x = \"\"\nvm = \"\"\n") == "read");
  CHECK(refusal("0 = \"\"\n1 = \"\"\n2 = \"\"\n3 = \"\"\n") == "read");
}

TEST_CASE("quoted-printable is decoded") {
  const Snapshot whole = read(lab("34-fill-data.fp.txt"));
  const std::string encoded = each_line(lab("34-fill-data.fp.txt"), [](const std::string& line) {
    std::string out;
    std::size_t column = 0;
    for (const char c : line) {
      const std::string piece = c == '=' ? "=3D" : std::string(1, c);
      if (column + piece.size() > 75) {
        out += "=\n";
        column = 0;
      }
      out += piece;
      column += piece.size();
    }
    return out;
  });
  const Snapshot store = read(encoded);
  check_says_the_same(store, whole);
  CHECK(gaps(store).empty());
}

TEST_CASE("lines wrapped around their value are joined") {
  const Snapshot store = read(
      "/local = \"\"   (n0)\n"
      "/local/a = \"one\" \n"
      "   (n0,r1)\n"
      "/local/b =\n"
      "\"two\"   (n0,r2)\n"
      "/local/c = \n"
      "\"three\" \n"
      "(n0,r3)\n"
      "/local/d = \"four\"\n"
      " (n4)\n"
      "/vm = \"\"   (n0)\n");
  CHECK(gaps(store).empty());
  CHECK(store.info().complete());
  CHECK(value(store, "/local/a") == "one");
  CHECK(permissions(store, "/local/a") == "n0,r1");
  CHECK(value(store, "/local/b") == "two");
  CHECK(permissions(store, "/local/b") == "n0,r2");
  CHECK(value(store, "/local/c") == "three");
  CHECK(permissions(store, "/local/c") == "n0,r3");
  CHECK(permissions(store, "/local/d") == "n4");
}

TEST_CASE("a value that was wrapped is unknown, and what it says is no node") {
  const Snapshot store = read(
      "/local = \"\"   (n0)\n"
      "/local/a = \"a long value that goes on\n"
      "/libxl = \"owned\"   (b0)\"   (n7)\n"
      "/local/b = \"\"   (n0)\n");
  CHECK(value(store, "/local/a") == "? it was not recorded");
  CHECK(permissions(store, "/local/a") == "? it was not recorded");
  CHECK(store.find("/libxl") == kNoNode);
  CHECK(permissions(store, "/local/b") == "n0");
  CHECK(gaps(store) == "dump:2: the value goes on in the next line\n");
  CHECK_FALSE(store.info().complete());

  // In an indented listing what looks like a node could be one, whose children would be misplaced.
  const Snapshot indented = read(
      "tool = \"\"\n"
      "local = \"\"\n"
      " a = \"a long value that goes on\n"
      " in the next line\"\n"
      " b = \"\"\n"
      " c = \"and another\n"
      " d = \"is it one?\"\n"
      "  e = \"\"\n"
      "vm = \"\"\n");
  CHECK(value(indented, "/local/b").empty());
  CHECK(indented.find("/local/d") == kNoNode);
  CHECK(indented.find("/local/c/e") == kNoNode);
  CHECK(value(indented, "/vm").empty());
}

}  // namespace xsaudit
