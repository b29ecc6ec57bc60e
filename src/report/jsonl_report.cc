// One JSON object for each line, for log collectors, jq and grep. The first line is of type
// "audit", then one for each source, each finding, each suppressed finding and each finding known
// to the baseline (each with a type of its own) and each rule that could not be decided somewhere.
// Members are those of schema/result.schema.json; each line is complete on its own, so a line about
// a source contains its name and a line about a rule describes the rule.
#include "base/escape.h"
#include "report/json_members.h"
#include "report/report.h"

namespace xsaudit {
namespace {

class Lines {
 public:
  explicit Lines(const AuditResult& result) : result_(result) {}

  void add(const char* type, const Json& members) {
    Json line = {{"type", type}};
    line.update(members);
    text_ += text_of(line, -1);
  }

  // Lines about the results of one rule in one source.
  template <typename Entry>
  void add(const char* type, const Entry& entry) {
    const RuleSummary& rule = result_.rules[entry.rule];
    Json members = json_of(entry, rule);
    members["source_name"] = escape(result_.sources[entry.source].info.name);
    members["title"] = rule.title;
    members["class"] = rule.category;
    add(type, members);
  }

  std::string text() && { return std::move(text_); }

 private:
  const AuditResult& result_;
  std::string text_;
};

}  // namespace

std::string write_jsonl_report(const AuditResult& result, const ReportOptions&) {
  Lines lines(result);
  lines.add("audit", json_head(result));
  for (const SourceSummary& source : result.sources) lines.add("source", json_of(source));
  for (const Finding& finding : result.findings) lines.add("finding", finding);
  for (const Finding& finding : result.suppressed) lines.add("suppressed", finding);
  for (const Finding& finding : result.known) lines.add("known", finding);
  for (const GuestNote& note : result.notes) lines.add("note", note);
  for (const UndecidedRule& entry : result.not_evaluated) lines.add("not_evaluated", entry);
  return std::move(lines).text();
}

}  // namespace xsaudit
