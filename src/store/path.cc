#include "store/path.h"

#include <algorithm>
#include <array>

namespace xsaudit {
namespace {

constexpr std::array<bool, 256> make_name_bytes() {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("-_@")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kNameBytes = make_name_bytes();

}  // namespace

bool valid_name(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (!kNameBytes[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

std::string path_problem(std::string_view path) {
  if (path.empty()) return "the path is empty";
  if (path.front() != '/') return "the path does not begin with '/'";
  if (path == "/") return {};
  if (path.size() > kMaxPathBytes) return "the path is longer than 4095 bytes";
  if (path.back() == '/') return "the path ends with '/'";
  for (std::size_t at = 1; at < path.size(); ++at) {
    if (kNameBytes[static_cast<unsigned char>(path[at])]) continue;
    if (path[at] != '/') return "the path has a character that no node name can have";
    if (path[at - 1] == '/') return "the path has an empty component ('//')";
  }
  return {};
}

std::string_view joined_names(std::string_view path) {
  return path.empty() ? path : path.substr(1);
}

std::string_view take_name(std::string_view& names) {
  const std::string_view name = names.substr(0, names.find('/'));
  names.remove_prefix(std::min(names.size(), name.size() + 1));
  return name;
}

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  for (std::string_view rest = joined_names(path); !rest.empty();) names.push_back(take_name(rest));
  return names;
}

std::string join_path(std::string_view parent, std::string_view name) {
  std::string path(parent == "/" ? std::string_view() : parent);
  path += '/';
  path += name;
  return path;
}

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/")
                                                       : path.substr(0, slash);
}

std::string_view last_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace xsaudit
