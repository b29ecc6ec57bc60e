#include "manual/command_page.h"

#include <vector>

#include "cli/command_description.h"
#include "manual/roff.h"

namespace xsaudit {
namespace {

struct File {
  const char* path;
  const char* description;
};

constexpr File kFiles[] = {
    {"/etc/xsaudit/config.yaml", "options of xsaudit audit that apply to every audit"},
    {"/etc/xsaudit/suppress.yaml", "accepted findings, each with a reason and the last day"},
    {"/run/xsaudit/lock", "locked while root audits the live store"},
    {"/run/xenstored/socket", "the socket of the daemon"},
};

constexpr File kEnvironment[] = {
    {"NO_COLOR", "If it is set and not empty, the text report has no colours on a terminal."},
    {"SOURCE_DATE_EPOCH", "The current time, in seconds since 1970, for reports and expiry dates."},
    {"XENSTORED_PATH", "The socket of another daemon than the one of this host."},
    {"XENSTORED_RUNDIR", "The directory of the socket of another daemon."},
};

// "[DUMP ...]" with the names of the values in italics.
std::string synopsis(const std::string& name, const CommandDescription& command) {
  std::string text = bold(name) + " [" + italic("OPTIONS") + "]";
  if (!command.subcommands.empty()) text += " " + italic("SUBCOMMAND");
  for (const OptionDescription& option : command.options) {
    if (!option.argument) continue;
    const std::string argument = italic(option.names.front()) + (option.repeated ? " ..." : "");
    text += option.required ? " " + argument : " [" + argument + "]";
  }
  return text;
}

std::string tag(const OptionDescription& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += (text.empty() ? "" : ", ") + (option.argument ? italic(name) : bold(name));
  }
  return option.takes_value() ? text + " " + italic(option.value) : text;
}

std::string help(const OptionDescription& option) {
  std::string values;
  for (const std::string& choice : option.choices) {
    values += (values.empty() ? "" : ", ") + bold(choice);
  }
  if (!option.default_text.empty()) {
    values += (values.empty() ? "default: " : "; default: ") + bold(option.default_text);
  }
  const std::string text = roff_escaped(option.help);
  return values.empty() ? text : text + " (" + values + ")";
}

// In the order of the help, a heading before each group.
void add_options(RoffPage& page, const CommandDescription& command) {
  const std::string* group = nullptr;
  for (const OptionDescription& option : command.options) {
    if (!option.group.empty() && (group == nullptr || *group != option.group)) {
      page.subsection(option.group);
    }
    group = &option.group;
    page.tagged(tag(option), help(option));
  }
}

void add_subcommands(RoffPage& page, const CommandDescription& command) {
  page.section("Subcommands");
  for (const CommandDescription& sub : command.subcommands) {
    page.subsection(command.name + " " + sub.name);
    page.paragraph(synopsis(command.name + " " + sub.name, sub));
    page.paragraph(roff_escaped(sub.description));
    for (const OptionDescription& option : sub.options) page.tagged(tag(option), help(option));
  }
}

// "Exit status: …" and "Examples:" begin sections of their own, other paragraphs are notes.
void add_footer(RoffPage& page, std::string_view footer) {
  bool notes = false;
  while (!footer.empty()) {
    const std::size_t end = std::min(footer.find("\n\n"), footer.size());
    std::string_view paragraph = footer.substr(0, end);
    footer.remove_prefix(std::min(end + 2, footer.size()));
    constexpr std::string_view kStatus = "Exit status: ";
    constexpr std::string_view kExamples = "Examples:\n";
    if (paragraph.starts_with(kStatus)) {
      page.section("Exit status");
      page.paragraph(roff_escaped(paragraph.substr(kStatus.size())));
    } else if (paragraph.starts_with(kExamples)) {
      page.section("Examples");
      paragraph.remove_prefix(kExamples.size());
      std::string lines;
      while (!paragraph.empty()) {  // without their indentation
        const std::size_t line_end = std::min(paragraph.find('\n'), paragraph.size());
        const std::string_view line = paragraph.substr(0, line_end);
        lines.append(line.starts_with("  ") ? line.substr(2) : line).append("\n");
        paragraph.remove_prefix(std::min(line_end + 1, paragraph.size()));
      }
      page.example(lines);
    } else {
      if (!notes) page.section("Notes");
      notes = true;
      page.paragraph(roff_escaped(paragraph));
    }
  }
}

std::string page_reference(const std::string& name, int section) {
  return bold(name) + "(" + std::to_string(section) + ")";
}

void add_references(RoffPage& page, std::string_view except) {
  page.section("See also");
  std::string text;
  const auto add = [&](const std::string& name, int section) {
    if (name != except) text += (text.empty() ? "" : ", ") + page_reference(name, section);
  };
  add("xsaudit", 1);
  for (const Command& command : commands()) add(std::string("xsaudit-") + command.name, 1);
  add("xsaudit-rules", 5);
  add("xsaudit-schema", 5);
  add("xenstore-ls", 1);
  page.paragraph(text);
}

}  // namespace

std::string program_page(std::string_view day) {
  RoffPage page("xsaudit", 1, day, "audit the xenstore of a Xen host");
  page.section("Synopsis");
  page.paragraph(bold("xsaudit") + " " + italic("COMMAND") + " [" + italic("ARGUMENTS") + "]");
  page.paragraph(bold("xsaudit") + " " + bold("--help"));
  page.paragraph(bold("xsaudit") + " " + bold("--version"));
  page.section("Description");
  page.paragraph(roff_escaped(kProgramDescription));
  page.section("Commands");
  for (const Command& command : commands()) {
    const std::string name = std::string("xsaudit-") + command.name;
    page.tagged(page_reference(name, 1), roff_escaped(command.description));
  }
  add_footer(page, kProgramFooter);
  page.section("Files");
  for (const File& file : kFiles) page.tagged(italic(file.path), roff_escaped(file.description));
  page.section("Environment");
  for (const File& one : kEnvironment) page.tagged(bold(one.path), roff_escaped(one.description));
  add_references(page, "xsaudit");
  return page.text();
}

std::string command_page(const Command& command, std::string_view day) {
  const CommandDescription description = describe(command);
  const std::string name = std::string("xsaudit-") + command.name;
  RoffPage page(name, 1, day, command.description);
  page.section("Synopsis");
  page.paragraph(synopsis(description.name, description));
  page.section("Description");
  page.paragraph(roff_escaped(description.description));
  page.section("Options");
  add_options(page, description);
  if (!description.subcommands.empty()) add_subcommands(page, description);
  add_footer(page, description.footer);
  add_references(page, name);
  return page.text();
}

}  // namespace xsaudit
