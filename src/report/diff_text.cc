#include "base/escape.h"
#include "base/wording.h"
#include "report/diff_report.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

std::string value_phrase(const DiffNode& node) {
  if (node.value_unknown == UnknownReason::known) return in_quotes(node.value);
  if (node.value_unknown == UnknownReason::secret) return "not shown: it is a secret";
  return std::string("unknown (") + to_text(node.value_unknown) + ")";
}

std::string permissions_phrase(const DiffNode& node) {
  return node.permissions ? to_text(*node.permissions) : "unknown";
}

std::string owner_phrase(const DiffNode& node) {
  return node.permissions ? "domain " + std::to_string(node.permissions->front().domid) : "unknown";
}

void add_suspects(std::vector<DiffField>& fields, const NodeDifference& difference) {
  if (!difference.suspects) {
    fields.push_back({"suspects", "unknown: permissions are missing"});
    return;
  }
  if (difference.suspects->empty()) fields.push_back({"suspects", "privileged domains only"});
  const char* label = "suspects";
  for (const AccessWay& way : *difference.suspects) {
    std::string line = way.domains.text();
    const bool itself = difference.before && way.through == difference.before->path;
    if (!itself) line += ", through " + escape_shortened(way.through);
    fields.push_back({label, line});
    label = "";
  }
}

std::string difference_text(const NodeDifference& difference) {
  using Kind = NodeDifference::Kind;
  const char* const sign = difference.kind == Kind::came   ? "+ "
                           : difference.kind == Kind::went ? "- "
                                                           : "~ ";
  std::string text = std::string("  ") + sign + difference_title(difference) + "\n";
  for (const DiffField& field : difference_fields(difference)) {
    std::string label = field.label;
    label.resize(13, ' ');
    text += "      " + label + field.text + "\n";
  }
  return text;
}

std::string findings_text(const char* title, const std::vector<FindingDifference>& findings) {
  if (findings.empty()) return {};
  std::string text = std::string("\n") + title + "\n";
  for (const FindingDifference& one : findings) {
    text += std::string("  ") + to_text(one.finding.severity) + "  " + one.title + "  [" +
            one.rule + "]\n        " + subject_phrase(one.finding) + ": " + one.finding.message +
            "\n";
  }
  return text;
}

std::string source_line(const char* label, const SourceSummary& source) {
  return std::string(label) + escape_shortened(source.info.name) + ": " + source_phrase(source) +
         "\n";
}

}  // namespace

std::string difference_title(const NodeDifference& difference) {
  const DiffNode& node = difference.before ? *difference.before : *difference.after;
  std::string text = escape_shortened(node.path);
  if (difference.nodes > 1) {
    text += " and " + plural(difference.nodes - 1, "node", "nodes") + " below";
  }
  return text;
}

std::vector<DiffField> difference_fields(const NodeDifference& difference) {
  const DiffNode& node = difference.before ? *difference.before : *difference.after;
  std::vector<DiffField> fields;
  if (difference.kind == NodeDifference::Kind::changed) {
    const DiffNode& after = *difference.after;
    if (after.path != node.path) fields.push_back({"new path", escape_shortened(after.path)});
    if (difference.value) {
      fields.push_back({"value", value_phrase(node) + " -> " + value_phrase(after)});
    }
    if (difference.owner) {
      fields.push_back({"owner", owner_phrase(node) + " -> " + owner_phrase(after)});
    }
    if (difference.permissions) {
      fields.push_back(
          {"permissions", permissions_phrase(node) + " -> " + permissions_phrase(after)});
    }
  } else {
    fields.push_back({"value", value_phrase(node) + "  (" + permissions_phrase(node) + ")"});
  }
  fields.push_back({"schema", difference.entry.empty()
                                  ? "no entry for this path"
                                  : difference.entry + ": " + difference.description});
  add_suspects(fields, difference);
  return fields;
}

std::string difference_heading(const NodeDifference& difference) {
  const std::string subject = guest_phrase(difference.guest);
  return difference.device.empty() ? subject : subject + ", " + escape(difference.device);
}

std::vector<std::string> guest_lines(const StoreDiff& diff) {
  std::vector<std::string> lines;
  for (const GuestMatching::Renumbered& one : diff.renumbered) {
    lines.push_back(guest_phrase(one.guest) + " is domain " + std::to_string(one.new_domid) +
                    " in the new store");
  }
  for (const Guest& guest : diff.came) {
    lines.push_back(guest_phrase(guest) + " is only in the new store");
  }
  for (const Guest& guest : diff.gone) {
    lines.push_back(guest_phrase(guest) + " is only in the old store");
  }
  return lines;
}

std::string diff_summary(const StoreDiff& diff) {
  const std::uint64_t differences = diff.differences.size() + diff.left_out;
  std::string text =
      differences == 0 ? "no differences" : plural(differences, "difference", "differences");
  if (diff.left_out > 0) text += ", " + std::to_string(diff.left_out) + " of them not listed";
  if (diff.volatile_nodes > 0) {
    text += "; " + plural(diff.volatile_nodes, "volatile node", "volatile nodes") + " left out";
  }
  return text;
}

std::string write_diff_text(const StoreDiff& diff) {
  std::string text = source_line("old: ", diff.older) + source_line("new: ", diff.newer);
  for (const std::string& line : guest_lines(diff)) text += line + "\n";
  text += findings_text("findings only in the new store", diff.findings_came);
  text += findings_text("findings only in the old store", diff.findings_gone);
  std::string before;
  for (const NodeDifference& difference : diff.differences) {
    const std::string subject = difference_heading(difference);
    if (subject != before) text += "\n" + subject + "\n";
    before = subject;
    text += difference_text(difference);
  }
  text += "\n";
  if (!diff.not_compared.empty()) {
    text += "not compared\n";
    for (const std::string& reason : diff.not_compared) text += "  " + reason + "\n";
    text += "\n";
  }
  text += diff_summary(diff);
  return text + "\n";
}

}  // namespace xsaudit
