#include "report/finding_groups.h"

#include "report/phrases.h"

namespace xsaudit {

bool FindingGroups::admit(const Finding& finding) {
  std::string subject = subject_phrase(finding);
  const auto [place, added] = places_.try_emplace({finding.rule, subject}, all_.size());
  if (added) all_.push_back({finding.rule, std::move(subject), 0});
  return ++all_[place->second].count <= kMaxAlike;
}

std::vector<std::string> FindingGroups::rest(const AuditResult& result) const {
  std::vector<std::string> lines;
  for (const Alike& alike : all_) {
    if (alike.count <= kMaxAlike) continue;
    lines.push_back(std::to_string(alike.count - kMaxAlike) + " more of " +
                    result.rules[alike.rule].id + " about " + alike.subject +
                    ": --format json lists all of them");
  }
  return lines;
}

}  // namespace xsaudit
