// What `xenstore-ls -f /` and `xenstore-ls -fp /` print of a store, one sprintf at a time: the slow
// and obvious counterpart of the reader. Written after xen.git tools/xenstore xenstore_client.c
// do_ls and xs_lib.c sanitise_value.
#pragma once

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

inline std::string printed_by_client(const Snapshot& store, bool with_permissions) {
  std::string out;
  for (NodeId node = 1; node < store.size(); ++node) {
    out += store.path(node) + " = \"" + escaped_by_client(store.value(node)) + "\"";
    if (with_permissions) out += "   (" + to_text(*store.permissions(node)) + ")";
    out += "\n";
  }
  return out;
}

}  // namespace xsaudit
