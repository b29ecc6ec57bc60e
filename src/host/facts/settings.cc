#include "host/facts/settings.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "host/facts/bounded_read.h"

namespace xsaudit {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

Settings parse_settings(std::string_view text) {
  Settings settings;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    const std::string_view line = whole.substr(0, whole.find('#'));
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) {
      settings[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return settings;
}

Fact<Settings> read_settings(const std::string& path) {
  struct stat status {};
  // Opening a pipe would wait for a writer.
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return Fact<Settings>::unknown("it is not a regular file");
  }
  const Fact<std::string> text = read_file(AT_FDCWD, path, kMaxSettingsBytes);
  if (!text.is_known()) return Fact<Settings>::as_little_as(text);
  return parse_settings(*text);
}

}  // namespace xsaudit
