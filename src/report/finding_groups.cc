#include "report/finding_groups.h"

#include "base/escape.h"
#include "report/phrases.h"

namespace xsaudit {

bool FindingGroups::admit(const Finding& finding) {
  std::string subject = subject_phrase(finding);
  const auto [place, added] =
      places_.try_emplace({finding.source, finding.rule, subject}, all_.size());
  if (added) all_.push_back({finding.source, finding.rule, std::move(subject), 0});
  return ++all_[place->second].count <= kMaxAlike;
}

std::vector<std::string> FindingGroups::rest(const AuditResult& result) const {
  std::vector<std::string> lines;
  for (const Alike& alike : all_) {
    if (alike.count <= kMaxAlike) continue;
    const std::string where =
        result.sources.size() > 1 ? escape(result.sources[alike.source].info.name) + ": " : "";
    lines.push_back(where + std::to_string(alike.count - kMaxAlike) + " more of " +
                    result.rules[alike.rule].id + " about " + alike.subject +
                    ": --format json lists all of them");
  }
  return lines;
}

}  // namespace xsaudit
