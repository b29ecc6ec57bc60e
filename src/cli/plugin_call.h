// Reads the call of a XAPI plugin: an XML-RPC methodCall whose parameters are a session and a
// struct of strings, which XAPI gives as the only argument (xen-api ocaml/xapi/xapi_plugins.ml;
// written by ocaml-rpc src/lib/xmlrpc.ml), and writes the answer. Every other document is an error:
// anybody who may call plugins chooses function and arguments. Stateless; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace xsaudit {

struct PluginCall {
  std::string function;
  std::map<std::string, std::string> arguments;
};

// Names and values are the bytes that were given; only those of XML are decoded.
Result<PluginCall> read_plugin_call(std::string_view xml);

// The answer with a text, in which other bytes than printable UTF-8 and newlines are escaped.
std::string plugin_answer(std::string_view text);

// The answer for an error: a code, and what belongs to it.
std::string plugin_failure(const std::vector<std::string>& description);

}  // namespace xsaudit
