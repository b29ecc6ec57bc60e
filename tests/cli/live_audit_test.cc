// The program over real daemons: what a store holds is found in it live as in a recording of it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/load_recording.h"
#include "support/printed_by.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

struct Case {
  std::string recording;
  std::vector<Domid> alive;  // beside domain 0
  bool clean;
};

// As tests/dumps has them; what was done to each host is in its name.
const std::vector<Case> kCases = {
    {"01-2pv-vif-vbd", {1, 2}, true},          {"31-backend-to-victim", {1, 3}, false},
    {"34-fill-data", {1, 6}, false},           {"51-backend-kind-world-writable", {1, 2}, false},
    {"57-backend-of-dead-domain", {1}, false}, {"71-driver-domain-serving", {1, 2}, true},
    {"72-driver-domain-lies", {1, 2}, false},
};

Json audit(const std::string& arguments, const std::string& input = "") {
  const std::string command = input + XSAUDIT_PROGRAM " audit --format json " + arguments;
  return Json::parse(run_command(command).text);
}

// All of each finding but its message, which also says how it is known who is alive, and its
// severity, which may depend on the daemon: a listing does not name it.
// Only a recording has lines.
Json without_lines(const Json& result) {
  Json findings = result["findings"];
  for (Json& finding : findings) {
    finding.erase("line");
    for (Json& node : finding["evidence"]) node.erase("line");
  }
  return findings;
}

Json findings_of(const Json& result) {
  Json findings = without_lines(result);
  for (Json& finding : findings) {
    finding.erase("message");
    finding.erase("severity");
    // The identity of a leftover contains the host, which these recordings do not.
    if (finding["domain_uuid"].is_null()) finding.erase("fingerprint");
  }
  const auto place = [](const Json& finding) {
    return std::pair(finding["path"], finding["rule"]);
  };
  std::sort(findings.begin(), findings.end(),
            [&](const Json& a, const Json& b) { return place(a) < place(b); });
  return findings;
}

Json audit_of_recording(const Case& example) {
  std::string domains = "0";
  for (const Domid domid : example.alive) domains += "," + std::to_string(domid);
  return audit("--domains " + domains + " " + lab_recording(example.recording));
}

}  // namespace

TEST_CASE("a live store gives the findings of its recording, from either daemon") {
  for (const Case& example : kCases) {
    const Json recorded = audit_of_recording(example);
    CHECK(recorded["verdict"] == (example.clean ? "clean" : "findings"));
    with_each_daemon([&](RunningDaemon& daemon) {
      INFO(example.recording << " in " << to_text(daemon.kind()));
      load_recording(daemon, example.recording, example.alive);
      const Json live = audit("--recheck-after 0");
      CHECK(live["sources"][0]["incomplete"] == Json::array());
      CHECK(live["sources"][0]["alive"]["basis"] == "introduced");
      CHECK(live["sources"][0]["alive"]["domains"] == recorded["sources"][0]["alive"]["domains"]);
      CHECK(findings_of(live) == findings_of(recorded));
      CHECK(live["verdict"] == recorded["verdict"]);
      CHECK(without_lines(audit("-", XSAUDIT_PROGRAM " snapshot | ")) == without_lines(live));
    });
  }
}

TEST_CASE("what a daemon never gives is one line, in words that fit a live store") {
  with_each_daemon([&](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    load_recording(daemon, kCases[0].recording, kCases[0].alive);
    const Json live = audit("--recheck-after 0");
    CHECK(live["sources"][0]["incomplete"] == Json::array());
    int of_special_nodes = 0;
    for (const Json& entry : live["not_evaluated"]) {
      const auto reason = entry["reason"].get<std::string>();
      INFO(entry["rule"] << ": " << reason);
      CHECK(reason.find("the format does not record it") == std::string::npos);
      if (entry["path"].get<std::string>().starts_with("/@")) ++of_special_nodes;
    }
    // C xenstored before Xen 4.18 has no answer for the permissions of special nodes.
    const Printed snapshot = run_command(XSAUDIT_PROGRAM " snapshot");
    CHECK(of_special_nodes ==
          (snapshot.text.find("@releaseDomain n0") == std::string::npos ? 1 : 0));
  });
}

TEST_CASE("a monitoring system and XAPI get the state of a live store") {
  // As ocaml-rpc writes it.
  const std::string call =
      "'<?xml version=\"1.0\"?><methodCall><methodName>audit</methodName><params><param>"
      "<value>OpaqueRef:1</value></param><param><value><struct><member><name>format</name><value>"
      "json</value></member></struct></value></param></params></methodCall>'";
  for (const Case& example : {kCases[0], kCases[1]}) {
    with_each_daemon([&](RunningDaemon& daemon) {
      INFO(example.recording << " in " << to_text(daemon.kind()));
      load_recording(daemon, example.recording, example.alive);
      const Json live = audit("--recheck-after 0");
      const Printed nagios =
          run_command(XSAUDIT_PROGRAM " audit --quiet --recheck-after 0 --format nagios");
      CHECK(nagios.status == (example.clean ? 0 : 2));
      CHECK(nagios.text.starts_with(example.clean ? "XSAUDIT OK - nothing found by "
                                                  : "XSAUDIT CRITICAL - "));
      const std::string answer = printed_by(XSAUDIT_PROGRAM " " + call);
      CHECK(answer.find("<name>Status</name><value><string>Success</string>") != std::string::npos);
      for (const Json& finding : live["findings"]) {
        const auto fingerprint = finding["fingerprint"].get<std::string>();
        CHECK(answer.find("\"" + fingerprint + "\"") != std::string::npos);
      }
      const std::string verdict = "\"verdict\": \"" + live["verdict"].get<std::string>() + "\"";
      CHECK(answer.find(verdict) != std::string::npos);
    });
  }
}

TEST_CASE("what may pass by itself is looked at again before it is reported") {
  // A guest that thinks it is connected to a backend that waits.
  const auto stuck = read_dump_text(
      "/local = \"\"   (n0)\n"
      "/local/domain = \"\"   (n0)\n"
      "/local/domain/0 = \"\"   (n0)\n"
      "/local/domain/0/backend = \"\"   (n0)\n"
      "/local/domain/0/backend/vif = \"\"   (n0)\n"
      "/local/domain/0/backend/vif/7 = \"\"   (n0)\n"
      "/local/domain/0/backend/vif/7/0 = \"\"   (n0,r7)\n"
      "/local/domain/0/backend/vif/7/0/state = \"2\"   (n0,r7)\n"
      "/local/domain/7 = \"\"   (n0,r7)\n"
      "/local/domain/7/device = \"\"   (n0,r7)\n"
      "/local/domain/7/device/vif = \"\"   (n0,r7)\n"
      "/local/domain/7/device/vif/0 = \"\"   (n0,r7)\n"
      "/local/domain/7/device/vif/0/state = \"4\"   (n0,r7)\n",
      "stuck");
  REQUIRE(stuck);
  const auto severity = [](const Json& result) {
    std::string found = "none";
    for (const Json& finding : result["findings"]) {
      if (finding["rule"] == "xenbus-state-mismatch") found = finding["severity"];
    }
    return found;
  };
  with_each_daemon([&](RunningDaemon& daemon) {
    XenstoreClient control;
    control.load(*stuck);
    daemon.make_ring(7);
    control.introduce(7);
    CHECK(severity(audit("--recheck-after 0")) == "info");
    CHECK(severity(audit("--recheck-after 1")) == "medium");
  });
}

}  // namespace xsaudit
