// Store paths: what xenstored accepts as one, and taking them apart. Paths are plain strings here;
// they may come from a guest, so nothing in the tool uses one before valid_path() accepted it.
// Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xsaudit {

// Bytes of an absolute path: as many as a message carries with the zero byte behind them
// (XENSTORE_PAYLOAD_MAX of xen/include/public/io/xs_wire.h). XENSTORE_ABS_PATH_MAX, 3,072, binds
// every client up to Xen 4.17 and only unprivileged ones from 4.18 on (xenstored core.c
// is_valid_nodename), so that there can be longer paths, and they can be read.
inline constexpr std::size_t kMaxPathBytes = 4095;
// Levels below "/" that a path of that length can have.
inline constexpr std::size_t kMaxPathDepth = 2047;

// One path component: 1 or more of A-Z a-z 0-9 - _ @ (xenstored core.c valid_chars, without '/').
bool valid_name(std::string_view name);

// Empty if `path` is "/" or a valid absolute path; otherwise says what is wrong with it. The rules
// are xenstored's own (core.c is_valid_nodename): no "//", no trailing '/', known characters only.
std::string path_problem(std::string_view path);
inline bool valid_path(std::string_view path) { return path_problem(path).empty(); }

// The components of an absolute path: none for "/", {"a", "b"} for "/a/b". Views into `path`.
std::vector<std::string_view> path_names(std::string_view path);

// The same without a vector: the components as one text ("a/b" for "/a/b", "" for "/"), from which
// take_name() takes the first one off as long as it is not empty.
std::string_view joined_names(std::string_view path);
std::string_view take_name(std::string_view& names);

// "/a/b" for ("/a", "b") and "/b" for ("/", "b").
std::string join_path(std::string_view parent, std::string_view name);

// "/a" for "/a/b"; "/" for "/a" and for "/".
std::string_view parent_path(std::string_view path);

// "b" for "/a/b"; "" for "/".
std::string_view last_name(std::string_view path);

}  // namespace xsaudit
