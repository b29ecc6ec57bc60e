// The output of `xenstore-ls` for a store, in each of its formats, one sprintf at a time: a slow
// and obvious counterpart of the reader. Written after xen.git tools/xenstore xenstore_client.c
// do_ls and xs_lib.c sanitise_value.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "store/snapshot.h"

namespace xsaudit {

inline std::string escaped_by_client(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned>(static_cast<unsigned char>(c));
    char printed[8];
    if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte >= ' ' && byte <= '~') {
      out += c;
    } else {
      std::snprintf(printed, sizeof printed, byte < 8 ? "\\%03o" : "\\x%02x", byte);
      out += printed;
    }
  }
  return out;
}

struct ClientOptions {
  bool whole_paths = true;   // -f
  bool permissions = false;  // -p
  int max_width = 80;        // of the terminal, less 2; 80 where there is none
};

// do_ls() of every node below `top`.
inline std::string printed_by_client(const Snapshot& store, const ClientOptions& options,
                                     NodeId top = kRootNode) {
  constexpr int kTag = 8;  // of ' = "..."'
  const int max_width = options.whole_paths ? 1 << 30 : options.max_width;
  const int desired_width = options.whole_paths ? 0 : 60;
  std::string out;
  for (NodeId node = top + 1; node < store.subtree_end(top); ++node) {
    std::string line;
    int width = 0;
    if (options.whole_paths) {
      line += store.path(node);
    } else {
      width = static_cast<int>(store.depth(node) - store.depth(top)) - 1;
      line.append(static_cast<std::size_t>(width), ' ');
      const int room = max_width - kTag - width;
      const std::string name(store.name(node));
      line += room < 0 ? name : name.substr(0, static_cast<std::size_t>(room));
      width = static_cast<int>(line.size());
    }
    const std::string value = escaped_by_client(store.value(node));
    if (max_width < width + static_cast<int>(store.value(node).size()) + kTag) {
      const int room = max_width - kTag - width;
      line += " = \"" + (room < 0 ? value : value.substr(0, static_cast<std::size_t>(room)));
      line += "\\...\"";
    } else {
      line += " = \"" + value + "\"";
      if (options.permissions) {
        width += 5 + static_cast<int>(value.size());
        line += ' ';
        for (++width; width < std::min(desired_width, max_width); ++width) {
          line += (width & 1) != 0 ? '.' : ' ';
        }
      }
    }
    if (options.permissions) line += "  (" + to_text(*store.permissions(node)) + ")";
    out += line + "\n";
  }
  return out;
}

}  // namespace xsaudit
