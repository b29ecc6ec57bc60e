#include "host/facts/process_record.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "sample_host_facts.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

constexpr char kHead[] = "{\"xsaudit-processes\":1}\n";

Result<HostFacts> read(const std::string& lines) {
  return read_process_record(kHead + lines, "file");
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("nothing of the facts is lost in their record") {
  const HostFacts facts = sample_host_facts();
  const std::string text = write_process_record(facts);
  const auto again = read_process_record(text, "file");
  REQUIRE(again.ok());
  CHECK(*again == facts);
  CHECK(write_process_record(*again) == text);
  CHECK(*read_process_record(write_process_record({}), "file") == HostFacts{});
}

TEST_CASE("a record is lines of ASCII, one JSON object each") {
  const std::string text = write_process_record(sample_host_facts());
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
  const std::vector<Json> lines = lines_of(text);
  CHECK(lines.size() == 1 + 4 + 2 + 2 + 2 + 2 + 3);
  for (const Json& line : lines) CHECK(line.is_object());
  CHECK(lines.front() == Json{{"xsaudit-processes", 1}});
}

TEST_CASE("a record says what anybody can read") {
  HostFacts facts;
  facts.processes[262] = sample_process();
  const Json process = lines_of(write_process_record(facts)).at(1).at("fact");
  CHECK(process["pid"] == 262);
  CHECK(process["arguments"][2].get<std::string>().substr(0, 12) == "\\x00\\x01\\x02");
  CHECK(process["credentials"]["uids"]["effective"] == 2);
  CHECK(process["credentials"]["groups"] == Json::array());
  CHECK(process["root"] == Json{{"unknown", "it may not be read (Permission denied)"}});
  CHECK(process["limits"][0] ==
        Json{{"name", "Max file size"}, {"soft", 262144}, {"hard", nullptr}});
  CHECK(process["descriptors"][0] ==
        Json{{"number", 0}, {"target", "/dev/null"}, {"peer", nullptr}});
}

TEST_CASE("what is no record of this version is refused with its place") {
  const auto fault = [](const std::string& text) {
    const auto facts = read_process_record(text, "file", 7);
    return facts.ok() ? std::string("none") : facts.error().place + " " + facts.error().message;
  };
  CHECK(fault(kHead) == "none");
  CHECK(fault("") == "file:7 this record of processes is empty");
  CHECK(fault("{}\n") == "file:7 this record of processes has no version line");
  CHECK(fault("[]\n") == "file:7 this record of processes has no version line");
  CHECK(fault("{\"xsaudit-processes\":2}\n") ==
        "file:7 this record of processes is of an unknown version");
  CHECK(fault("{\"xsaudit-processes\":1}") == "file:7 this record of processes ends within a line");
  const std::string head = kHead;
  CHECK(fault(head + "x\n") ==
        "file:8 this record of processes has a line that is not a JSON object");
  CHECK(fault(head + "{\"user\":\"root\",\"fact\":null}") ==
        "file:8 this record of processes ends within a line");
  CHECK(fault(head + "{\"user\":\"root\",\"fact\":null}\n{\"user\":\"root\",\"fact\":null}\n") ==
        "file:9 this record of processes has a line that repeats a fact of an earlier line");
  CHECK(fault(head + "{\"user\":\"" + std::string(kMaxProcessRecordLine, 'x') + "\"}\n") ==
        "file:8 this record of processes has a line that is too long");
  CHECK(fault(head + std::string(100'000, '[') + "\n") ==
        "file:8 this record of processes has a line that is not a JSON object");
}

TEST_CASE("a line of another shape is refused") {
  for (const std::string line :
       {R"({"user": "root"})",
        R"({"user": 5, "fact": null})",
        R"({"user": "\\q", "fact": null})",
        R"({"user": "\\x4", "fact": null})",
        R"({"user": "\\xfg", "fact": null})",
        R"({"user": "\\", "fact": null})",
        R"({"user": "root", "fact": {}})",
        R"({"user": "root", "fact": {"name": "root", "uid": 0}})",
        R"({"user": "root", "fact": {"name": "root", "uid": -1, "gid": 0}})",
        R"({"user": "root", "fact": {"name": "root", "uid": 4294967296, "gid": 0}})",
        R"({"user": "root", "fact": {"name": "root", "uid": 0.5, "gid": 0}})",
        R"({"user": "root", "fact": {"unknown": 5}})",
        R"({"process": -1, "fact": null})",
        R"({"process": 1, "fact": {"pid": 1}})",
        R"({"search": "x", "fact": []})",
        R"({"search": [], "fact": {}})",
        R"({"search": [], "fact": ["x"]})",
        R"({"uid_range": {"first": 1}, "fact": []})",
        R"({"domain_record": {"domid": 1, "uuid": "u"}, "fact": {}})",
        R"({"domain_record": {"domid": 1, "uuid": "u"}, "fact": {"values": []}})"}) {
    CAPTURE(line);
    CHECK_FALSE(read(line + "\n").ok());
  }
}

TEST_CASE("what a later version adds is passed over") {
  const auto facts =
      read(R"({"weather": "fine", "fact": null})"
           "\n"
           R"({"user": "root", "fact": {"name": "root", "uid": 0, "gid": 0, "shell": "/bin/sh"}})"
           "\n");
  REQUIRE(facts.ok());
  CHECK(facts->user("root") == Fact<User>(User{"root", 0, 0}));
}

TEST_CASE("a reason that somebody else wrote is safe to print") {
  const auto facts = read("{\"user\": \"x\", \"fact\": {\"unknown\": \"a\\u001b[31m\\nb\"}}\n");
  REQUIRE(facts.ok());
  CHECK(facts->user("x").reason() == "a\\x1b[31m\\nb");
  const auto much =
      read("{\"user\": \"x\", \"fact\": {\"unknown\": \"" + std::string(100'000, 'x') + "\"}}\n");
  REQUIRE(much.ok());
  CHECK(much->user("x").reason().size() < 300);
}

TEST_CASE("a record cut or changed anywhere is read or refused, and that is all") {
  const std::string text = write_process_record(sample_host_facts());
  for (std::size_t i = 0; i < text.size(); i += 211) {
    static_cast<void>(read_process_record(text.substr(0, i), "file"));
    for (const char c : {'"', ']', '\\', '9', '\n', '\xff'}) {
      std::string changed = text;
      changed[i] = c;
      const auto facts = read_process_record(changed, "file");
      // What is read can be written and read again.
      if (facts.ok()) REQUIRE(*read_process_record(write_process_record(*facts), "x") == *facts);
    }
  }
}

}  // namespace xsaudit
