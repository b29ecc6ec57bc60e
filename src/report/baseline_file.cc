#include "report/baseline_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/bounded_json.h"
#include "base/escape.h"

namespace xsaudit {
namespace {

constexpr const char* kFormat = "xsaudit-baseline/2";
constexpr const char* kOldFormat = "xsaudit-baseline/1";

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

// Reads the members of one object; the first that is not as it should be is remembered.
class Members {
 public:
  explicit Members(const nlohmann::json& object) : object_(object) {}

  // Everything that is written is printable ASCII, and is printed as it was read.
  std::string text(const char* name, bool may_be_null = false) {
    const auto member = object_.find(name);
    if (member != object_.end() && may_be_null && member->is_null()) return {};
    if (member != object_.end() && member->is_string()) {
      auto value = member->get<std::string>();
      const bool printable =
          std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
      if (printable && !value.empty()) return value;
    }
    refuse(name);
    return {};
  }

  Severity severity(const char* name) {
    const auto value = parse_severity(text(name));
    if (!value) refuse(name);
    return value.value_or(Severity::info);
  }

  std::uint64_t positive(const char* name) {
    const auto member = object_.find(name);
    if (member != object_.end() && member->is_number_unsigned() && *member != 0U) return *member;
    refuse(name);
    return 1;
  }

  std::vector<std::string> sorted_texts(const char* name) {
    std::vector<std::string> texts = sorted_texts_if_any(name);
    if (texts.empty()) refuse(name);
    return texts;
  }

  std::vector<std::string> sorted_texts_if_any(const char* name) {
    std::vector<std::string> texts;
    const auto member = object_.find(name);
    if (member == object_.end()) return texts;
    if (!member->is_array()) refuse(name);
    for (const nlohmann::json& one : *member) {
      if (!one.is_string()) {
        refuse(name);
        break;
      }
      texts.push_back(one.get<std::string>());
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  const std::string& wrong() const { return wrong_; }

 private:
  void refuse(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }

  const nlohmann::json& object_;
  std::string wrong_;
};

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
    return error(std::string("is of the form '") + kOldFormat +
                     "', which does not record the state of the nodes",
                 "xsaudit audit --write-baseline FILE makes a new one");
  }
  if (json["format"] != kFormat) {
    return error("is of the form '" + escape_shortened(json["format"].get<std::string>(), 60) +
                     "', which this version does not know",
                 std::string("it knows ") + kFormat);
  }
  if (!json.contains("findings") || !json["findings"].is_array()) {
    return error("has no list of findings");
  }

  Baseline baseline;
  baseline.file = file;
  std::set<std::string> fingerprints;
  for (const nlohmann::json& entry : json["findings"]) {
    const std::string which = "finding " + std::to_string(baseline.findings.size() + 1);
    if (!entry.is_object()) return error(which + " is not an object");
    Members members(entry);
    KnownFinding known;
    known.rule = members.text("rule");
    known.guest = members.text("guest", true);
    known.device = members.text("device", true);
    known.path = members.text("path");
    known.severity = members.severity("severity");
    known.count = members.positive("count");
    known.fingerprint = members.text("fingerprint");
    known.states = members.sorted_texts("states");
    known.others = members.sorted_texts_if_any("others");
    known.others_hashes = members.sorted_texts_if_any("others_hashes");
    if (!members.wrong().empty()) {
      return error(which + " has no '" + members.wrong() + "', or not in the expected format");
    }
    if (!fingerprints.insert(known.fingerprint).second) {
      return error(which + " has the fingerprint of an earlier finding");
    }
    baseline.findings.push_back(std::move(known));
  }
  return baseline;
}

}  // namespace xsaudit
