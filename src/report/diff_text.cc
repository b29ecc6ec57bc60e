#include "base/escape.h"
#include "base/wording.h"
#include "report/diff_report.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

void diff_line(std::string& text, std::string label, const std::string& what) {
  label.resize(13, ' ');
  text += "      " + label + what + "\n";
}

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

void add_suspects(std::string& text, const NodeDifference& difference) {
  if (!difference.suspects) {
    diff_line(text, "suspects", "unknown: permissions are missing");
    return;
  }
  if (difference.suspects->empty()) diff_line(text, "suspects", "privileged domains only");
  const char* label = "suspects";
  for (const AccessWay& way : *difference.suspects) {
    std::string line = way.domains.text();
    const bool itself = difference.before && way.through == difference.before->path;
    if (!itself) line += ", through " + escape_shortened(way.through);
    diff_line(text, label, line);
    label = "";
  }
}

std::string difference_text(const NodeDifference& difference) {
  using Kind = NodeDifference::Kind;
  const DiffNode& node = difference.before ? *difference.before : *difference.after;
  const char* const sign = difference.kind == Kind::came   ? "+ "
                           : difference.kind == Kind::went ? "- "
                                                           : "~ ";
  std::string text = std::string("  ") + sign + escape_shortened(node.path);
  if (difference.nodes > 1) {
    text += " and " + plural(difference.nodes - 1, "node", "nodes") + " below";
  }
  text += "\n";
  if (difference.kind == Kind::changed) {
    const DiffNode& after = *difference.after;
    if (after.path != node.path) diff_line(text, "new path", escape_shortened(after.path));
    if (difference.value) {
      diff_line(text, "value", value_phrase(node) + " -> " + value_phrase(after));
    }
    if (difference.owner) {
      diff_line(text, "owner", owner_phrase(node) + " -> " + owner_phrase(after));
    }
    if (difference.permissions) {
      diff_line(text, "permissions", permissions_phrase(node) + " -> " + permissions_phrase(after));
    }
  } else {
    diff_line(text, "value", value_phrase(node) + "  (" + permissions_phrase(node) + ")");
  }
  diff_line(text, "schema",
            difference.entry.empty() ? "no entry for this path"
                                     : difference.entry + ": " + difference.description);
  add_suspects(text, difference);
  return text;
}

std::string heading(const NodeDifference& difference) {
  const std::string subject = guest_phrase(difference.guest);
  return difference.device.empty() ? subject : subject + ", " + escape(difference.device);
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

std::string guests_text(const StoreDiff& diff) {
  std::string text;
  for (const GuestMatching::Renumbered& one : diff.renumbered) {
    text += guest_phrase(one.guest) + " is domain " + std::to_string(one.new_domid) +
            " in the new store\n";
  }
  for (const Guest& guest : diff.came) text += guest_phrase(guest) + " is only in the new store\n";
  for (const Guest& guest : diff.gone) text += guest_phrase(guest) + " is only in the old store\n";
  return text;
}

std::string source_line(const char* label, const SourceSummary& source) {
  return std::string(label) + escape_shortened(source.info.name) + ": " + source_phrase(source) +
         "\n";
}

}  // namespace

std::string write_diff_text(const StoreDiff& diff) {
  std::string text = source_line("old: ", diff.older) + source_line("new: ", diff.newer);
  text += guests_text(diff);
  text += findings_text("findings only in the new store", diff.findings_came);
  text += findings_text("findings only in the old store", diff.findings_gone);
  std::string before;
  for (const NodeDifference& difference : diff.differences) {
    const std::string subject = heading(difference);
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
  const std::uint64_t differences = diff.differences.size() + diff.left_out;
  text += differences == 0 ? "no differences" : plural(differences, "difference", "differences");
  if (diff.left_out > 0) text += ", " + std::to_string(diff.left_out) + " of them not listed";
  if (diff.volatile_nodes > 0) {
    text += "; " + plural(diff.volatile_nodes, "volatile node", "volatile nodes") + " left out";
  }
  return text + "\n";
}

}  // namespace xsaudit
