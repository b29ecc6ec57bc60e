#include "host/facts/domain_record.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

const std::string kPlain = "42803274-275c-456a-89f1-445a512a4722";
const std::string kRestricted = "8fd7b577-cdec-4842-83b2-f0af6b6a3386";
const std::string kWithUser = "3fab41a3-5ecb-47c0-86c4-48a7155bc47f";
const std::string kRestrict = "/b_info/dm_restrict";
const std::string kUser = "/b_info/device_model_user";

// What libxl wrote of the three guests of the lab's set 97.
Fact<DomainRecord> lab_record(Domid domid, const std::string& uuid) {
  return read_domain_record(
      {.domid = domid,
       .uuid = uuid,
       .path = XSAUDIT_SOURCE_DIR "/tests/dumps/userdata-d.$DOMID.$UUID.libxl-json",
       .values = {kRestrict, kUser}});
}

Fact<std::string> value_in(const std::string& json, const std::string& pointer) {
  const auto record = parse_domain_record(json, {pointer});
  REQUIRE(record.is_known());
  REQUIRE(record->size() == 1);
  return record->at(pointer);
}

}  // namespace

TEST_CASE("libxl's records of real guests say what was asked for") {
  const auto absent = Fact<std::string>::absent();
  const Fact<std::string> restricted("True");
  const Fact<std::string> user("dmuser");
  CHECK(*lab_record(1, kPlain) == DomainRecord{{kRestrict, absent}, {kUser, absent}});
  CHECK(*lab_record(2, kRestricted) == DomainRecord{{kRestrict, restricted}, {kUser, absent}});
  CHECK(*lab_record(3, kWithUser) == DomainRecord{{kRestrict, absent}, {kUser, user}});
}

TEST_CASE("a domain without a record has none") { CHECK(lab_record(4, kPlain).is_absent()); }

TEST_CASE("what is no uuid never becomes part of a path") {
  for (const std::string uuid :
       {"", "../../../etc/shadow", "42803274-275c-456a-89f1-445a512a472",
        "42803274-275c-456a-89f1-445a512a47222", "42803274-275c-456a-89f1-445a512a472/",
        "42803274_275c_456a_89f1_445a512a4722", "$UUID"}) {
    CAPTURE(uuid);
    CHECK(lab_record(1, uuid).is_unknown());
  }
  CHECK(*domain_record_path(
            {.domid = 7, .uuid = kPlain, .path = "/x/$DOMID/$UUID$DOMID", .values = {}}) ==
        "/x/7/" + kPlain + "7");
}

TEST_CASE("single values are text, others are not told") {
  CHECK(value_in(R"({"a": {"b": "x\ny"}})", "/a/b") == Fact<std::string>("x\ny"));
  CHECK(value_in(R"({"a": true})", "/a") == Fact<std::string>("true"));
  CHECK(value_in(R"({"a": 4294967295})", "/a") == Fact<std::string>("4294967295"));
  CHECK(value_in(R"({"type.hvm": {"a/b": 1}})", "/type.hvm/a~1b") == Fact<std::string>("1"));
  CHECK(value_in(R"({"a": [1]})", "/a").is_unknown());
  CHECK(value_in(R"({"a": {}})", "/a").is_unknown());
  CHECK(value_in(R"({"a": 1})", "/b").is_absent());
  CHECK(value_in(R"({"a": 1})", "/a/b").is_absent());
  CHECK(value_in(R"({"a": [1]})", "/a/7").is_absent());
  CHECK(value_in(R"({"a": 1})", "a").is_unknown());
  CHECK(value_in(R"({"a": [1]})", "/a/x").is_absent());
}

TEST_CASE("what is no record is unknown") {
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"),
                                  std::string("{\"a\": \"\xff\"}"), std::string(100'000, '[')}) {
    CAPTURE(text.substr(0, 20));
    CHECK(parse_domain_record(text, {"/a"}).is_unknown());
  }
}

TEST_CASE("a record that nests too deep is unknown, however well it is formed") {
  const auto nested = [](int depth) {
    const auto brackets = static_cast<std::size_t>(depth - 1);
    return R"({"a":)" + std::string(brackets, '[') + std::string(brackets, ']') + "}";
  };
  CHECK(parse_domain_record(nested(kMaxJsonDepth), {"/a"}).is_known());
  CHECK(parse_domain_record(nested(kMaxJsonDepth + 1), {"/a"}).is_unknown());
  CHECK(parse_domain_record(nested(1'000'000), {"/a"}).is_unknown());
  // Brackets in a string do not nest.
  CHECK(parse_domain_record("{\"a\":\"" + std::string(100'000, '[') + "\"}", {"/a"}).is_known());
}

TEST_CASE("a record that is too long, or no file, is not read") {
  ScratchDirectory directory;
  const auto read = [&](const std::string& name) {
    return read_domain_record(
        {.domid = 1, .uuid = kPlain, .path = directory / name, .values = {"/a"}});
  };
  const std::string some(kMaxDomainRecordBytes - 10, ' ');
  directory.write("fits", R"({"a": 1})" + some);
  directory.write("long", R"({"a": 1})" + some + some);
  CHECK(read("fits").is_known());
  CHECK(read("long").is_unknown());
  CHECK(read("").is_unknown());
  REQUIRE(mkfifo((directory / "fifo").c_str(), 0600) == 0);
  CHECK(read("fifo").is_unknown());
}

}  // namespace xsaudit
