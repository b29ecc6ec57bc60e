#include "cli/configuration.h"

#include <unistd.h>
#include <algorithm>
#include <filesystem>

#include "base/escape.h"
#include "cli/command_line.h"
#include "host/confine/trusted_path.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

namespace {

constexpr const char* kConfigurationGroup = "Configuration";
constexpr const char* kConfigurationOfHost = "/etc/xsaudit/config.yaml";

// The options that a file can set, by their long names.
template <typename Line>
auto settable(Line& app) {
  std::map<std::string, decltype(&app.options().front())> options;
  for (auto& option : app.options()) {
    for (const std::string& name : option.long_names()) {
      if (name != "config" && name != "show-config") options.emplace(name, &option);
    }
  }
  return options;
}

// A scalar as YAML reads it back.
std::string yaml_text(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '_' || c == '-';
  };
  if (!text.empty() && text != "-" && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c >= ' ' && c != '\x7f'                 ? std::string(1, c)
              : static_cast<unsigned char>(c) >= 0x80 ? std::string(1, c)
                                                      : escape({&c, 1});
  }
  return quoted + '"';
}

std::string value_of(const Option& option) {
  const std::vector<std::string> values = option.values();
  if (option.is_flag()) return option.given() && values.back() != "false" ? "true" : "false";
  if (!option.given()) return option.default_text();
  if (values.size() == 1) return yaml_text(values.front());
  std::string list;
  for (const std::string& value : values) {
    list += (list.empty() ? "[" : ", ") + yaml_text(value);
  }
  return list + "]";
}

Status set(Option& option, const YamlValue& value) {
  std::vector<std::string> texts;
  if (option.is_flag()) {
    XSAUDIT_ASSIGN(const auto on, value.as_bool());
    if (!on) return ok();
    texts.emplace_back("true");
  } else {
    XSAUDIT_ASSIGN(texts, value.as_strings());
  }
  if (texts.empty()) return ok();
  const std::string problem = option.give(texts);
  return problem.empty() ? ok() : value.error(escape(problem));
}

}  // namespace

void Configuration::add_to(CommandLine& app) {
  app.add_option("--config", file_,
                 "read options from FILE; the command line takes precedence.\n"
                 "Default: /etc/xsaudit/config.yaml if it exists;\n"
                 "\"none\" disables it")
      ->type_name("FILE")
      ->group(kConfigurationGroup);
  app.add_flag("--show-config", show_,
               "print every option with its value and the origin of the value")
      ->group(kConfigurationGroup);
}

Status Configuration::apply(CommandLine& app, Authors authors) {
  std::string file = file_;
  std::error_code failed;
  if (file.empty() && std::filesystem::exists(kConfigurationOfHost, failed)) {
    file = kConfigurationOfHost;
  }
  if (file.empty() || file == "none") return ok();
  XSAUDIT_ASSIGN(const auto text, read_trusted_file(file, authors));
  XSAUDIT_ASSIGN(const auto document, YamlDocument::parse(text.name, text.text));
  const YamlValue root = document.root();
  if (!root.exists() || root.kind() == YamlValue::Kind::null) return ok();
  if (!root.is_map()) return root.error("expected options and their values");

  const auto options = settable(app);
  for (const auto& [key, value] : root.members()) {
    const std::string name(key.text());
    const auto option = options.find(name);
    if (option == options.end()) {
      std::vector<std::string_view> names;
      for (const auto& [known, of_known] : options) names.emplace_back(known);
      return key.error("there is no option '" + escape_shortened(key.text(), 60) + "' to set",
                       did_you_mean(key.text(), names));
    }
    if (value.kind() == YamlValue::Kind::null || option->second->given()) continue;
    places_.emplace(name, value.place());
    XSAUDIT_TRY(set(*option->second, value));
  }
  return ok();
}

std::string Configuration::text(const CommandLine& app) const {
  std::string text;
  for (const auto& [name, option] : settable(app)) {
    std::string origin = "default";
    if (const auto place = places_.find(name); place != places_.end()) {
      origin = place->second;
    } else if (option->given()) {
      origin = "command line";
    }
    std::string line = name + ": " + value_of(*option);
    if (line.size() < 32) line.resize(32, ' ');
    text.append(line).append("  # ").append(origin).append("\n");
  }
  return text;
}

namespace {

bool belongs_to_host(const std::string& path) {
  std::error_code failed;
  const auto whole = std::filesystem::absolute(path, failed).lexically_normal();
  return failed || whole.string().starts_with("/etc/xsaudit");
}

Status trusted(const std::string& path, Authors authors) {
  const bool careful = authors == Authors::root || belongs_to_host(path);
  if (::geteuid() != 0 || !careful) return ok();
  Status status = only_root_may_write(path);
  if (status) return status;
  Error error = status.error();
  if (!error.hint.empty()) {
    error.hint += ": chown root and chmod go-w, or xsaudit audit --trust-files";
  }
  return error;
}

}  // namespace

Result<TextFile> read_trusted_file(const std::string& path, Authors authors) {
  XSAUDIT_TRY(trusted(path, authors));
  return read_text_file(path);
}

Result<std::vector<TextFile>> read_trusted_directory(const std::string& directory,
                                                     Authors authors) {
  XSAUDIT_TRY(trusted(directory, authors));
  auto files = read_yaml_directory(directory);
  if (!files) return files;
  for (const TextFile& file : *files) {
    XSAUDIT_TRY(trusted(file.name, authors));
  }
  return files;
}

}  // namespace xsaudit
