// The members of a result in JSON, shared by the formats that consist of them. Stateless; any
// thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "audit/result.h"

namespace xsaudit {

using Json = nlohmann::ordered_json;

const char* to_text(Presence presence);
const char* to_text(Liveness::Basis basis);

Json json_of(const SourceSummary& source);
Json json_of(const RuleSummary& rule);
Json json_of(const Finding& finding, const RuleSummary& rule);
Json json_of(const GuestNote& note, const RuleSummary& rule);
Json json_of(const SuppressionUse& use);
Json json_of(const BaselineUse& baseline);
Json json_of(const UndecidedRule& entry, const RuleSummary& rule);
// Format, version, verdict and counts: the members before the lists.
Json json_head(const AuditResult& result);

// Bytes of the store, escaped; null if they are empty.
Json null_if_empty(const std::string& bytes);

// Texts of authors are UTF-8 (see AuditResult); other bytes would become U+FFFD.
std::string text_of(const Json& json, int indent);

}  // namespace xsaudit
