#include "report/baseline_file.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/escape.h"
#include "base/json_reader.h"

namespace xsaudit {
namespace {

constexpr const char* kFormat = "xsaudit-baseline/2";
constexpr const char* kOldFormat = "xsaudit-baseline/1";

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

// Everything that is written is printable ASCII, and is printed as it was read.
std::string ascii_text(const JsonCursor& json) {
  std::string text = json.text();
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (text.empty() || !printable) json.fail("expected a text in printable ASCII");
  return text;
}

std::string ascii_text_or_empty(const JsonCursor& json) {
  return json.is_null() ? "" : ascii_text(json);
}

Severity known_severity(const JsonCursor& json) {
  const auto severity = parse_severity(json.text());
  if (!severity) json.fail("not a known severity");
  return severity.value_or(Severity::info);
}

std::vector<std::string> sorted_texts(const JsonCursor& json) {
  std::vector<std::string> texts;
  for (const JsonCursor& one : json.items()) texts.push_back(one.text());
  std::sort(texts.begin(), texts.end());
  return texts;
}

KnownFinding known_finding(const JsonCursor& json) {
  KnownFinding known;
  known.rule = ascii_text(json["rule"]);
  known.guest = ascii_text_or_empty(json["guest"]);
  known.device = ascii_text_or_empty(json["device"]);
  known.path = ascii_text(json["path"]);
  known.severity = known_severity(json["severity"]);
  known.count = json["count"].number(1, UINT64_MAX);
  known.fingerprint = ascii_text(json["fingerprint"]);
  known.states = sorted_texts(json["states"]);
  if (known.states.empty()) json["states"].fail("expected at least one");
  if (json.has("others")) known.others = sorted_texts(json["others"]);
  if (json.has("others_hashes")) known.others_hashes = sorted_texts(json["others_hashes"]);
  return known;
}

}  // namespace

std::string write_baseline(const Baseline& baseline) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const KnownFinding& known : baseline.findings) {
    nlohmann::ordered_json entry = {{"rule", known.rule},
                                    {"guest", text_or_null(known.guest)},
                                    {"device", text_or_null(known.device)},
                                    {"path", known.path},
                                    {"severity", to_text(known.severity)},
                                    {"count", known.count},
                                    {"fingerprint", known.fingerprint}};
    entry["states"] = known.states;
    if (!known.others.empty()) entry["others"] = known.others;
    if (!known.others_hashes.empty()) entry["others_hashes"] = known.others_hashes;
    findings.push_back(std::move(entry));
  }
  const nlohmann::ordered_json json = {{"format", kFormat}, {"findings", std::move(findings)}};
  return json.dump(2) + "\n";
}

Result<Baseline> read_baseline(const std::string& file, std::string_view text) {
  const auto error = [&](std::string message, std::string hint = {}) {
    return Error{escape(file), std::move(message), std::move(hint)};
  };
  const nlohmann::json json = parse_bounded_json(text);
  if (!json.is_object() || !json.contains("format") || !json["format"].is_string()) {
    return error("is not a baseline", "xsaudit audit --write-baseline FILE makes one");
  }
  if (json["format"] == kOldFormat) {
    return error(std::string("has the format '") + kOldFormat +
                     "', which does not record the state of the nodes",
                 "xsaudit audit --write-baseline FILE makes a new one");
  }
  if (json["format"] != kFormat) {
    return error("has the format '" + escape_shortened(json["format"].get<std::string>(), 60) +
                     "', which this version does not know",
                 std::string("it knows ") + kFormat);
  }

  Baseline baseline;
  baseline.file = file;
  std::set<std::string> fingerprints;
  std::optional<Error> wrong;
  for (const JsonCursor& entry : JsonCursor(json, escape(file) + ": ", wrong)["findings"].items()) {
    KnownFinding known = known_finding(entry);
    if (!fingerprints.insert(known.fingerprint).second) {
      entry["fingerprint"].fail("it repeats the fingerprint of an earlier finding");
    }
    baseline.findings.push_back(std::move(known));
  }
  if (wrong) return *wrong;
  return baseline;
}

}  // namespace xsaudit
