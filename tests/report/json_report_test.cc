#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/sample_result.h"

using namespace xsaudit;
using Json = nlohmann::json;

namespace {

std::string json_text(const AuditResult& result) {
  return find_report_format("json")->write(result, {true});
}

// What schema/result.schema.json says of "escaped", read by somebody who has only that text.
std::string bytes_of(const std::string& escaped) {
  std::string bytes;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '\\') {
      bytes += escaped[i];
      continue;
    }
    switch (escaped.at(++i)) {
      case '\\': bytes += '\\'; break;
      case 'n': bytes += '\n'; break;
      case 'r': bytes += '\r'; break;
      case 't': bytes += '\t'; break;
      case 'x':
        bytes += static_cast<char>(std::stoi(escaped.substr(i + 1, 2), nullptr, 16));
        i += 2;
        break;
      default: FAIL("unknown escape in " << escaped);
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("the members that others rely on") {
  const Json json = Json::parse(json_text(result_with_finding()));
  CHECK(json["format"] == "xsaudit-result/1");
  CHECK(json["version"] == "1.2.3");
  CHECK(json["verdict"] == "findings");
  CHECK(json["summary"] == Json{{"critical", 0},
                                {"high", 1},
                                {"medium", 0},
                                {"low", 0},
                                {"info", 0},
                                {"rules", 1},
                                {"suppressed", 0},
                                {"known", 0}});
  const Json& source = json["sources"][0];
  CHECK(source["name"] == "host.txt");
  CHECK(source["kind"] == "xenstore-ls -fp");
  CHECK(source["nodes"] == 12);
  CHECK(source["coverage"] == "whole");
  CHECK(source["has_permissions"] == true);
  CHECK(source["complete"] == true);
  CHECK(source["consistency"] == "unknown");
  CHECK(source["host"].is_null());
  CHECK(source["time"].is_null());
  const Json& finding = json["findings"][0];
  CHECK(finding["rule"] == "frontend-link-forged");
  CHECK(finding["severity"] == "high");
  CHECK(finding["path"] == "/local/domain/3/device/vif/0/backend");
  CHECK(finding["domain"] == 3);
  CHECK(finding["device"] == "vif/0");
  CHECK(finding["message"] == "it names the backend of domain 1");
  CHECK(finding["evidence"][0]["path"] == "/local/domain/3/device/vif/0/backend");
  CHECK(finding["evidence"][0]["value"] == "/local/domain/0/backend/vif/1/0");
  CHECK(finding["evidence"][0]["permissions"] == "n3,r0");
  CHECK(finding["evidence"][0]["controllers"] == Json{{"domains", {3}}});
  CHECK(finding["evidence"][1]["controllers"] == Json{{"domains", Json::array()}});
  CHECK(finding["fix"] == "Restart the guest.\nLook at what it runs.");
  CHECK(finding["fingerprint"] == "00112233445566ff");
  CHECK(json["not_evaluated"].empty());
}

TEST_CASE("what is not known is null, with the reason beside it") {
  AuditResult result = result_with_finding();
  Finding& finding = result.findings[0];
  finding.guest.reset();
  finding.device.clear();
  finding.evidence[0].value_unknown = UnknownReason::unreadable;
  finding.evidence[0].permissions.reset();
  finding.evidence[0].permissions_unknown = UnknownReason::not_in_form;
  finding.evidence[0].controllers.reset();
  finding.evidence[1].presence = Presence::absent;
  finding.evidence[1].permissions.reset();
  finding.evidence[1].controllers = DomainSet::all_but({4});

  const Json json = Json::parse(json_text(result));
  const Json& found = json["findings"][0];
  CHECK(found["domain"].is_null());
  CHECK(found["device"].is_null());
  CHECK(found["evidence"][0]["value"].is_null());
  CHECK(found["evidence"][0]["value_unknown"] == "it could not be read");
  CHECK(found["evidence"][0]["permissions"].is_null());
  CHECK(found["evidence"][0]["permissions_unknown"] == "the format does not record it");
  CHECK(found["evidence"][0]["controllers"].is_null());
  CHECK(found["evidence"][1]["presence"] == "absent");
  CHECK(found["evidence"][1]["value"].is_null());
  CHECK(found["evidence"][1]["controllers"] == Json{{"all_but", {4}}});
}

TEST_CASE("every byte of the store can be had back from JSON") {
  for (const std::string& bytes :
       {every_byte(), std::string("\"\\u0041\\x41"), std::string("\xff\xfe\x80"),
        std::string("gr\xc3\xbc\xc3\x9f"), std::string(4000, '\x1b')}) {
    const std::string text = json_text(hostile_result(bytes));
    CHECK(std::all_of(text.begin(), text.end(),
                      [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    const Json json = Json::parse(text);
    const Json& finding = json["findings"][0];
    CHECK(bytes_of(json["sources"][0]["name"]) == bytes);
    CHECK(bytes_of(finding["path"]) == "/" + bytes);
    CHECK(bytes_of(finding["domain_name"]) == bytes);
    CHECK(bytes_of(finding["device"]) == "vif/" + bytes);
    CHECK(bytes_of(finding["evidence"][0]["value"]) == bytes);
    CHECK(bytes_of(finding["samples"][0]) == "/" + bytes);
    CHECK(bytes_of(json["not_evaluated"][0]["path"]) == "/" + bytes);
  }
}

TEST_CASE("a rule file that is not UTF-8 still gives JSON") {
  AuditResult result = result_with_finding();
  result.rules[0].why = "gr\xc3\xbc\xc3\x9f\xff";
  const Json json = Json::parse(json_text(result));
  CHECK(json["rules"][0]["why"] == "gr\xc3\xbc\xc3\x9f\xef\xbf\xbd");
}

TEST_CASE("a source that could not be read covers nothing") {
  AuditResult result = clean_result();
  result.sources[0] = SourceSummary();
  result.sources[0].error = "cannot read";
  result.sources[0].incomplete = {"it could not be read"};
  const Json json = Json::parse(json_text(result));
  CHECK(json["sources"][0]["coverage"] == "none");
  CHECK(json["sources"][0]["complete"] == false);
  CHECK(json["sources"][0]["error"] == "cannot read");
}

TEST_CASE("what a recording says of itself") {
  AuditResult result = clean_result();
  result.sources[0].info.host =
      "xen\x1b"
      "1";
  result.sources[0].info.time = 1700000000;
  result.sources[0].info.consistency = Consistency::one_moment;
  const Json json = Json::parse(json_text(result));
  CHECK(json["sources"][0]["host"] == "xen\\x1b1");
  CHECK(json["sources"][0]["time"] == 1700000000);
  CHECK(json["sources"][0]["consistency"] == "one moment");
}

TEST_CASE("formats are found by name") {
  CHECK(find_report_format("text") != nullptr);
  CHECK(find_report_format("json") != nullptr);
  CHECK(find_report_format("html") != nullptr);
  CHECK(find_report_format("yaml") == nullptr);
}
