#include "cli/completion.h"

#include <algorithm>
#include <map>
#include <optional>

#include "cli/command_description.h"
#include "cli/options/policy.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::string_view kHome = "/local/domain/$DOMID";

// The first sentence of a text, in one line and without the full stop at its end.
std::string summary(std::string_view text) {
  std::string line(text.substr(0, std::min(text.find(". "), text.find("; "))));
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.ends_with('.')) line.pop_back();
  return line;
}

// "ring-ref$RING"
std::string spelled(const Pattern& pattern, const Pattern::Segment& segment) {
  if (segment.kind == Pattern::Segment::Kind::literal) return segment.prefix;
  if (segment.kind == Pattern::Segment::Kind::any) return {};
  const auto variable = static_cast<std::size_t>(segment.variable);
  return segment.prefix + "$" + pattern.variables()[variable].name + segment.suffix;
}

bool accepts(const Pattern& pattern, const Pattern::Segment& segment, std::string_view name) {
  if (segment.kind == Pattern::Segment::Kind::any) return valid_name(name);
  if (name == spelled(pattern, segment)) return true;
  if (segment.kind == Pattern::Segment::Kind::literal) return false;
  if (name.size() <= segment.prefix.size() + segment.suffix.size() ||
      !name.starts_with(segment.prefix) || !name.ends_with(segment.suffix)) {
    return false;
  }
  name.remove_prefix(segment.prefix.size());
  name.remove_suffix(segment.suffix.size());
  const auto variable = static_cast<std::size_t>(segment.variable);
  Binding binding;
  return valid_name(name) && bind(pattern.variables()[variable].type, name, binding);
}

// Whether the names lead into the pattern; with it the names of the next component that begin
// with `begun`, and are complete in their spelling or as a value.
std::vector<std::string> next_names(const Pattern& pattern,
                                    const std::vector<std::string_view>& names,
                                    std::string_view begun) {
  const std::vector<Pattern::Segment>& segments = pattern.segments();
  if (segments.size() <= names.size()) return {};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!accepts(pattern, segments[i], names[i])) return {};
  }
  const Pattern::Segment& next = segments[names.size()];
  std::vector<std::string> out;
  const std::string spelling = spelled(pattern, next);
  if (!spelling.empty() && spelling.starts_with(begun)) out.push_back(spelling);
  if (!begun.empty() && spelling != begun && accepts(pattern, next, begun)) out.emplace_back(begun);
  return out;
}

class Completer {
 public:
  explicit Completer(const Arguments& words) : words_(words), last_(words.back()) {}

  Completions run() && {
    if (words_.size() == 1) {
      add_commands();
      return std::move(out_);
    }
    const auto& table = commands();
    const auto command = std::find_if(table.begin(), table.end(), [&](const Command& candidate) {
      return candidate.name == words_.front();
    });
    if (command != table.end()) complete_in(describe(*command));
    return std::move(out_);
  }

 private:
  void add(const std::string& word, std::string_view description) {
    if (word.starts_with(last_)) out_.words.push_back({word, summary(description)});
  }

  void add_commands() {
    for (const Command& command : commands()) add(command.name, command.description);
    add("--help", "describe the program");
    add("--version", "print the version");
  }

  static const OptionDescription* find(const CommandDescription& command, std::string_view name) {
    for (const OptionDescription& option : command.options) {
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) {
        return &option;
      }
    }
    return nullptr;
  }

  // Follows the words up to the last, as the parser would.
  void complete_in(CommandDescription command) {
    const OptionDescription* waiting = nullptr;  // the option of which the next word is the value
    std::vector<const OptionDescription*> given;
    std::size_t arguments = 0;
    bool only_arguments = false;
    for (std::size_t i = 1; i + 1 < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (waiting != nullptr) {
        waiting = nullptr;
      } else if (!only_arguments && word == "--") {
        only_arguments = true;
      } else if (!only_arguments && word.size() > 1 && word.front() == '-') {
        const OptionDescription* const option = find(command, word.substr(0, word.find('=')));
        if (option == nullptr) continue;
        given.push_back(option);
        if (option->takes_value() && word.find('=') == std::string::npos) waiting = option;
      } else if (!command.subcommands.empty()) {
        const auto sub = std::find_if(command.subcommands.begin(), command.subcommands.end(),
                                      [&](const auto& one) { return one.name == word; });
        if (sub == command.subcommands.end()) return;
        command = CommandDescription(*sub);
        given.clear();
      } else {
        ++arguments;
      }
    }
    if (waiting != nullptr) return complete_value(*waiting, "");
    if (!only_arguments && last_.starts_with("-") && last_ != "-") {
      return complete_option(command, given);
    }
    for (const CommandDescription& sub : command.subcommands) add(sub.name, sub.description);
    complete_argument(command, arguments);
  }

  void complete_option(const CommandDescription& command,
                       const std::vector<const OptionDescription*>& given) {
    const std::size_t equals = last_.find('=');
    if (equals != std::string_view::npos) {
      const OptionDescription* const option = find(command, last_.substr(0, equals));
      if (option != nullptr && option->takes_value()) {
        complete_value(*option, std::string(last_.substr(0, equals + 1)));
      }
      return;
    }
    for (const OptionDescription& option : command.options) {
      if (option.argument) continue;
      const bool again = std::find(given.begin(), given.end(), &option) != given.end();
      if (again && !option.repeated) continue;
      for (const std::string& name : option.names) add(name, option.help);
    }
  }

  void complete_argument(const CommandDescription& command, std::size_t before) {
    for (const OptionDescription& option : command.options) {
      if (!option.argument) continue;
      if (before == 0 || option.repeated) return complete_value(option, "");
      --before;
    }
  }

  // `before`: the part of the word that is not the value, "--format=".
  void complete_value(const OptionDescription& option, const std::string& before) {
    const std::string& kind = option.argument ? option.names.front() : option.value;
    for (const std::string& choice : option.choices) add(before + choice, "");
    if (kind == "FORMAT=FILE") {
      const std::string_view value = last_.substr(before.size());
      const std::size_t equals = value.find('=');
      if (equals == std::string_view::npos) return add_report_formats(before);
      return leave(ShellWords::files, before + std::string(value.substr(0, equals + 1)));
    }
    if (kind == "WHERE" && !option.choices.empty()) return;
    for (std::string_view rest = kind; !rest.empty();) {  // "DOMID,...|FILE": one of these
      const std::size_t end = std::min(rest.find('|'), rest.size());
      complete_kind(rest.substr(0, end), before);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void complete_kind(std::string_view kind, const std::string& before) {
    if (kind == "RULE") add_rules(before);
    if (kind == "PATH") add_paths(before);
    if (kind == "PROFILE") add_profiles(before);
    if (kind == "LIMIT=COUNT,...") add_limits(before);
    if (kind == "OLD" || kind == "NEW") add(before + "live", "the store of this host");
    if (kind == "WHERE") {
      add(before + "syslog", "");
      add(before + "journal", "");
    }
    for (const char* const file : {"DUMP", "FILE", "RESULT", "OLD", "NEW", "WHERE"}) {
      if (kind == file) leave(ShellWords::files, before);
    }
    if (kind == "DIR") leave(ShellWords::directories, before);
    if (kind == "USER") leave(ShellWords::users, before);
  }

  void leave(ShellWords words, const std::string& before) {
    out_.of_shell = words;
    out_.before = before;
  }

  // "--format" of the same command has the formats.
  void add_report_formats(const std::string& before) {
    for (const Command& command : commands()) {
      if (command.name != words_.front()) continue;
      const CommandDescription description = describe(command);
      const OptionDescription* const format = find(description, "--format");
      if (format == nullptr) continue;
      for (const std::string& name : format->choices) add(before + name + "=", "");
    }
  }

  void add_rules(const std::string& before) {
    const auto policy = PolicyOptions().load();
    if (!policy) return;
    for (const Rule& rule : policy->rules.rules()) add(before + rule.id, rule.title);
  }

  void add_paths(const std::string& before) {
    const auto schema = PolicyOptions().load_schema();
    if (!schema) return;
    for (const Completion& path : schema_paths(*schema, last_.substr(before.size()))) {
      add(before + path.word, path.description);
    }
  }

  void add_profiles(const std::string& before) {
    const auto schema = PolicyOptions().load_schema();
    if (!schema) return;
    for (const auto& profile : schema->profiles().profiles()) {
      add(before + profile.name, profile.description);
    }
  }

  // After "nodes=5," another limit may follow.
  void add_limits(std::string before) {
    const auto schema = PolicyOptions().load_schema();
    if (!schema) return;
    const std::size_t comma = last_.rfind(',');
    if (comma != std::string_view::npos) before = last_.substr(0, comma + 1);
    for (const std::string_view name : schema->limits().names()) {
      add(before + std::string(name) + "=", "");
    }
  }

  const Arguments& words_;
  std::string_view last_;
  Completions out_;
};

const char* name_of(ShellWords words) {
  switch (words) {
    case ShellWords::files: return "files";
    case ShellWords::directories: return "directories";
    case ShellWords::users: return "users";
    case ShellWords::none: break;
  }
  return "";
}

}  // namespace

Completions completions(const Arguments& words) {
  return words.empty() ? Completions() : Completer(words).run();
}

std::vector<Completion> schema_paths(const Schema& schema, std::string_view text) {
  const bool in_home = text.starts_with("~/");
  if (text.empty()) return {{"/", "a path of the store"}, {"~/", "a path in the home of a domain"}};
  if (text == "~") return {{"~/", "a path in the home of a domain"}};
  if (text.front() != '/' && !in_home) return {};
  const std::size_t slash = text.rfind('/');
  const std::string_view begun = text.substr(slash + 1);
  const std::string above =  // "" for "/"
      in_home ? std::string(kHome) + std::string(text.substr(1, slash - 1))
              : std::string(text.substr(0, slash));
  const std::vector<std::string_view> names = path_names(above);
  std::map<std::string, std::string_view> found;  // with the description of its entry
  for (const SchemaEntry& entry : schema.entries()) {
    for (const Pattern& pattern : entry.patterns) {
      const bool ends = pattern.segments().size() == names.size() + 1 && !pattern.deep();
      for (std::string name : next_names(pattern, names, begun)) {
        if (!ends) name += '/';
        found.try_emplace(std::move(name), ends ? entry.description : std::string_view());
      }
    }
  }
  std::vector<Completion> out;
  for (const auto& [name, description] : found) {
    out.push_back({std::string(text.substr(0, slash + 1)) + name, std::string(description)});
  }
  return out;
}

std::string completion_lines(const Completions& completions) {
  std::string text;
  for (const Completion& one : completions.words) {
    if (one.word.find_first_of("\t\n") != std::string::npos) continue;
    text.append(one.word).append("\t").append(one.description).append("\n");
  }
  if (completions.of_shell == ShellWords::none) return text;
  return text + "\t" + name_of(completions.of_shell) + "\t" + completions.before + "\n";
}

}  // namespace xsaudit
