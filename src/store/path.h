// Store paths: a check of their validity, and functions to take them apart. Paths are plain strings
// here; they may come from a guest, so nothing uses one before valid_path() has accepted it.
// Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xsaudit {

// The maximum length of an absolute path in bytes: what a message can carry with the zero byte
// after it (XENSTORE_PAYLOAD_MAX of xen/include/public/io/xs_wire.h). XENSTORE_ABS_PATH_MAX, 3,072,
// applies to every client up to Xen 4.17 and only to unprivileged ones from 4.18 on (xenstored
// core.c is_valid_nodename), so longer paths can exist and be read.
inline constexpr std::size_t kMaxPathBytes = 4095;
// The maximum number of levels below "/" in a path of that length.
inline constexpr std::size_t kMaxPathDepth = 2047;

// One path component: 1 or more of A-Z a-z 0-9 - _ @ (xenstored core.c valid_chars, without '/').
bool valid_name(std::string_view name);

// Empty if `path` is "/" or a valid absolute path; otherwise the problem. The rules are xenstored's
// (core.c is_valid_nodename): no "//", no trailing '/', known characters only.
std::string path_problem(std::string_view path);
inline bool valid_path(std::string_view path) { return path_problem(path).empty(); }

// The components of an absolute path: none for "/", {"a", "b"} for "/a/b". Views into `path`.
std::vector<std::string_view> path_names(std::string_view path);

// The same without a vector: the components as one text ("a/b" for "/a/b", "" for "/"), from which
// take_name() removes the first one until the text is empty.
std::string_view joined_names(std::string_view path);
std::string_view take_name(std::string_view& names);

// "/a/b" for ("/a", "b") and "/b" for ("/", "b").
std::string join_path(std::string_view parent, std::string_view name);

// "/a" for "/a/b"; "/" for "/a" and for "/".
std::string_view parent_path(std::string_view path);

// "b" for "/a/b"; "" for "/".
std::string_view last_name(std::string_view path);

}  // namespace xsaudit
