// After xen.git tools/xenstore xenstore_client.c do_ls and xs_lib.c sanitise_value.
#include <string_view>

#include "base/escape.h"

#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

void add_value(std::string_view value, std::string& out) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\\': out += "\\\\"; break;
      default:
        if (byte >= ' ' && byte <= '~') {
          out += c;
        } else if (byte < 8) {
          out += "\\0";
          out += hex_byte(byte);
        } else {
          out += "\\x";
          out += hex_byte(byte);
        }
    }
  }
}

}  // namespace

std::string write_listing(const Snapshot& store) {
  std::string out;
  for (NodeId node = 1; node < store.size(); ++node) {
    // A special node that its daemon does not list.
    if (never_recorded(store.value_unknown(node))) continue;
    out += store.path(node);
    if (store.value_unknown(node) == UnknownReason::known) {
      out += " = \"";
      add_value(store.value(node), out);
      out += "\" ";
    } else {
      out += ":\n";
    }
    if (store.permissions(node) != nullptr) out += "  (" + to_text(*store.permissions(node)) + ")";
    out += '\n';
  }
  return out;
}

}  // namespace xsaudit
