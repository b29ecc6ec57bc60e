#include <catch2/catch.hpp>

#include <zlib.h>

#include <array>
#include <string>
#include <vector>

#include "source/log/log_line.h"
#include "source/log/log_reader.h"

namespace xsaudit {
namespace {

constexpr std::int64_t kNow = 1'798'761'600;  // 2027-01-01T00:00:00Z

AccessLog read_text(std::string_view text) { return *read_log_text(text, "log", kNow); }

AccessLog read_files(const std::vector<std::pair<std::string, std::string>>& files,
                     std::size_t most_bytes = kMostLogBytes) {
  std::vector<LogSource> sources;
  for (const auto& [name, text] : files) {
    sources.push_back({name, std::make_unique<MemoryBytes>(text), std::nullopt});
  }
  return *read_log(std::move(sources), kNow, most_bytes);
}

std::string packed(const std::string& text) {
  std::string bytes(text.size() + 1000, '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string copy = text;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

std::vector<std::string> values(const AccessLog& log) {
  std::vector<std::string> all;
  for (const LogEvent& event : log.events()) all.push_back(event.value);
  return all;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("lines of each form are taken apart") {
  const AccessLog log = read_text(
      "[20261128T12:33:38.467Z]  D3           write     device/vif/0/backend /a b\n"
      "[20261128T12:33:38.467Z]  A1.7         mkdir     /local/domain/3/x \n"
      "[20261128T12:33:38.467Z]  A1.7         coalesce  \n"
      "[20261128T12:33:38.467Z]  D3           setperms  data n3 r0 \n");
  REQUIRE(log.events().size() == 3);
  CHECK(log.events()[0].path == "/local/domain/3/device/vif/0/backend");
  CHECK(log.events()[0].value == "/a b");
  CHECK(time_text(log.events()[0]) == "2026-11-28T12:33:38.467Z");
  CHECK(log.events()[1].path == "/local/domain/3/x");
  CHECK(log.events()[1].took_effect());
  CHECK(log.events()[2].value == "n3 r0");

  for (const char* const line :
       {"Jul  5 18:02:10 host oxenstored:  D3           write     data/x v",
        "Jul  5 18:02:10 host oxenstored[123]:  D3           write     data/x v",
        "2026-07-05T18:02:10.25+02:00 host oxenstored[1]:  D3           write     data/x v"}) {
    INFO(line);
    const AccessLog sys = read_text(line + std::string("\n"));
    REQUIRE(sys.events().size() == 1);
    CHECK(sys.events()[0].path == "/local/domain/3/data/x");
    CHECK(time_text(sys.events()[0]) == "2026-07-05T18:02:10");
  }
  // Lines of other programs in the same file are not a gap; others are.
  CHECK(read_text("Jul  5 18:02:10 host xapi: [debug] D3 write data/x v\n"
                  "Jul  5 18:02:10 host oxenstored:  D3           write     data/x v\n")
            .gaps()
            .empty());
  CHECK(read_text("[20261128T12:33:38.467Z]  D3           write     a v\nhello\n").gaps() ==
        Values{"log:2: 1 line could not be understood"});
  CHECK_FALSE(read_log_text("/local = \"\"   (n0)\n", "store", kNow));
}

TEST_CASE("a message that syslog repeated counts as often as it was sent") {
  const AccessLog log = read_text(
      "Jul  5 18:02:10 host oxenstored:  D3           write     /vm/x v\n"
      "Jul  5 18:02:11 host oxenstored: message repeated 4 times: [  D3           write     /vm/x "
      "v]\n"
      "Jul  5 18:02:12 host oxenstored:  D3           error     EACCES \n"
      "Jul  5 18:02:12 host oxenstored: message repeated 9 times: [  D3           error     "
      "EACCES ]\n"
      "Jul  5 18:02:13 host oxenstored:  D3           write     /vm/y v\n"
      "Jul  5 18:02:13 host last message repeated 2 times\n");
  REQUIRE(log.events().size() == 3);
  CHECK(log.events()[1].times == 4);
  CHECK(log.events()[1].outcome == LogOutcome::refused);
  CHECK(log.events()[2].times == 3);
  CHECK(log.refusals(3).others == 9);
}

TEST_CASE("files are read in the order of their times, whatever their order and packing") {
  const std::string oldest = "[20261128T12:00:00.000Z]  D3           write     a 1\n";
  const std::string middle = "[20261128T13:00:00.000Z]  D3           write     a 2\n";
  const std::string newest = "[20261128T14:00:00.000Z]  D3           write     a 3\n";
  const AccessLog log = read_files({{"l", newest}, {"l.2.gz", packed(oldest)}, {"l.1", middle}});
  CHECK(values(log) == Values{"1", "2", "3"});
  CHECK(log.gaps().empty());
  CHECK(read_files({{"l", newest}, {"l.2.gz", packed(oldest)}}).gaps() ==
        Values{"l.1 is missing among the files"});
  CHECK(read_files({{"l", newest}, {"m", oldest + middle + newest + newest}}).gaps().empty());
  CHECK(read_files({{"l", middle}, {"m", oldest + newest}}).gaps() ==
        Values{"l begins before m ends"});
  // The end of a packed file is missing.
  std::string damaged = packed(oldest + middle);
  damaged.resize(damaged.size() - 9);
  CHECK(read_files({{"l.1.gz", damaged}, {"l", newest}}).gaps().size() == 1);
}

TEST_CASE("stamps of syslog get the years that make them the latest before now") {
  const auto line = [](const char* stamp, const char* value) {
    return std::string(stamp) + " 10:00:00 host oxenstored:  D3           write     a " + value +
           "\n";
  };
  const AccessLog log = read_files({{"l", line("Dec 31", "3") + line("Jan  1", "4")},
                                    {"l.1", line("Feb 29", "0") + line("Dec 30", "2")},
                                    {"l.2", line("Jan  3", "old")}});
  std::vector<std::string> times;
  for (const LogEvent& event : log.events()) times.push_back(time_text(event).substr(0, 10));
  CHECK(times == Values{"2024-02-29", "2024-12-30", "2026-01-03", "2026-12-31", "2027-01-01"});
}

TEST_CASE("a truncated line is known as truncated, and a value that ends with dots is not") {
  const std::string start = "[20261128T12:33:38.467Z]  D3           write     ";
  const auto cut = [&](std::string data) {
    std::string line = start + data;
    REQUIRE(line.size() > 177);
    line.resize(177);
    return line + "..\n";
  };
  const AccessLog log = read_text(
      start + "a short..\n" + cut("b " + std::string(200, 'v')) + cut(std::string(200, 'p')) +
      cut("c " + std::string(123, 'v') + "\\000") + start + "d " + std::string(200, 'x'));
  REQUIRE(log.events().size() == 5);
  CHECK(log.events()[0].value == "short..");
  CHECK_FALSE(log.events()[0].value_cut);
  // The last line is longer: the daemon is configured for longer lines, so no line but the last,
  // which has no newline, was truncated.
  CHECK_FALSE(log.events()[1].value_cut);
  CHECK(log.events()[4].value_cut);

  const AccessLog usual =
      read_text(start + "a short..\n" + cut("b " + std::string(200, 'v')) +
                cut(std::string(200, 'p')) + cut("c " + std::string(123, 'v') + "\\000"));
  CHECK_FALSE(usual.events()[0].value_cut);
  CHECK(usual.events()[1].value_cut);
  CHECK(usual.events()[1].value == std::string(126, 'v'));
  CHECK(usual.events()[2].path_cut);
  CHECK(usual.events()[2].path == "/local/domain/3/" + std::string(128, 'p'));
  CHECK(usual.events()[3].value_cut);
  CHECK(usual.events()[3].value == std::string(123, 'v'));
  // A truncated path may be that of any node that begins like it.
  const std::string longer = "/local/domain/3/" + std::string(150, 'p');
  CHECK(usual.history(longer).size() == 1);
  CHECK(usual.history("/local/domain/3/q").empty());
}

TEST_CASE("an event of a transaction has the outcome of the transaction") {
  const auto outcomes = [](const AccessLog& log) {
    Values all;
    for (const LogEvent& event : log.events()) all.push_back(to_text(event.outcome));
    return all;
  };
  const std::string stamp = "[20261128T12:33:38.467Z]  ";
  const auto own = [&](const Values& lines) {
    std::string text;
    for (const std::string& line : lines) text += stamp + line + "\n";
    return read_text(text);
  };
  // A conflict that the daemon resolves by repeating the transaction.
  CHECK(outcomes(own({"D3.5         write     data/t4 four", "D3.5         conflict  ",
                      "r(5):D3.6    write     data/t4 four", "r(5):D3.6    commit    "})) ==
        Values{"conflict", "done"});
  // Damage: a transaction that repeats the one of its own number.
  CHECK(outcomes(own({"D3.6         write     data/t4 four", "r(6):D3.6    write     data/t4 five",
                      "D3.6         commit    "})) == Values{"conflict", "done"});
  // A refused request does not prevent the commit of the others.
  CHECK(outcomes(own({"D3.7         write     /x four", "D3.7         error     EACCES ",
                      "D3.7         write     data/t6 six", "D3.7         commit    "})) ==
        Values{"refused", "done"});
  // A later domain 3 counts its transactions anew: the first one was never committed.
  CHECK(outcomes(own({"D3.1         write     data/a 1", "D3           endconn   ",
                      "D3           newconn   ", "D3.1         write     data/a 2",
                      "D3.1         commit    "})) == Values{"not committed", "done", "done"});
  CHECK(outcomes(own({"D3.1         write     data/a 1"})) == Values{"not committed"});
  // Other requests of the connection in between.
  CHECK(outcomes(own({"D3           write     /x 1", "D4           write     data/y 1",
                      "D3           error     EACCES "})) == Values{"refused", "done"});
  CHECK(outcomes(own({"D3           write     data/x 1", "D3           watch     /x 1 ",
                      "D3           error     EACCES "})) == Values{"done"});
}

TEST_CASE("history has removals above a node and the end of its domain") {
  const AccessLog log = read_text(
      "[20261128T12:00:00.000Z]  A1           write     /local/domain/3/device/vif/0/backend /x\n"
      "[20261128T12:00:00.000Z]  D3           rm        device \n"
      "[20261128T12:00:00.000Z]  D3           rm        data \n"
      "[20261128T12:00:00.000Z]  A1           setperms  /local/domain/3 n0 r3 \n"
      "[20261128T12:00:00.000Z]  D3           endconn   \n"
      "[20261128T12:00:00.000Z]  D30          endconn   \n"
      "[20261128T12:00:00.000Z]  A1           write     /local/domain/3/device/vif/00 x\n");
  Values operations;
  for (const LogEvent* const event : log.history("/local/domain/3/device/vif/0")) {
    operations.push_back(to_text(event->operation));
  }
  CHECK(operations == Values{"write", "rm", "ended"});
  CHECK(log.history("/").size() == 7);
}

TEST_CASE("memory is limited: the newest events are kept, and the log begins later") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += "[20261128T12:00:00." + std::to_string(100 + i % 900) +
            "Z]  D3           write     data/x " + std::to_string(i) + "\n";
  }
  const AccessLog log = read_files({{"l", text}}, 100'000);
  CHECK(log.events().size() < 1000);
  CHECK(log.events().back().value == "9999");
  REQUIRE(log.gaps().size() == 1);
  CHECK(log.gaps()[0].find("dropped to limit memory") != std::string::npos);
  CHECK(log.begins() == log.events().front().time);
}

TEST_CASE("traces of each version of C xenstored are read, and are forgeable") {
  const std::string request = " 20261128 12:36:46 WRITE (device/vif/0/backend /x)\n";
  const AccessLog newest = read_text(
      "obj: CREATE connection 0x560b1c2d3e40\n"
      "io: IN 0x560b1c2d3e40 (d3)" +
      request +
      "io: OUT 0x560b1c2d3e40 (d3) 20261128 12:36:46 WRITE (OK )\n"
      "io: IN 0x560b1c2d3e40 (d3) 20261128 12:36:46 RM (/vm )\n"
      "io: OUT(ERR) 0x560b1c2d3e40 (d3) 20261128 12:36:46 ERROR "
      "(EACCES )\n");
  REQUIRE(newest.events().size() == 2);
  CHECK(newest.forgeable());
  CHECK(newest.events()[0].path == "/local/domain/3/device/vif/0/backend");
  CHECK(newest.events()[0].took_effect());
  CHECK(newest.events()[1].outcome == LogOutcome::refused);
  CHECK(newest.events()[1].path == "/vm");
  for (const char* const before : {"IN 0x559338de15e0", "io: IN 0x559338de15e0"}) {
    const AccessLog older = read_text(before + request);
    REQUIRE(older.events().size() == 1);
    CHECK(older.events()[0].by.kind == LogConnection::Kind::unknown);
    CHECK(older.events()[0].outcome == LogOutcome::unknown);
  }
}

}  // namespace xsaudit
