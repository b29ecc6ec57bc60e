// The schema as text: a list of its entries, the page schema/PATHS.md, and the explanation of one
// path. Paths are escaped in the output. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/schema.h"

namespace xsaudit {

// One entry a line: its key and what it is.
std::string schema_list(const Schema& schema);

// Markdown: the entries by area, in the order of their files.
std::string schema_page(const Schema& schema);

// The explanation of an entry, with the variables that the path binds; `path` is empty if the entry
// itself was requested.
std::string schema_explanation(const Schema& schema, const Schema::Match& match,
                               std::string_view path);

// The entry whose key, or one of whose patterns, is this text; null if there is none.
const SchemaEntry* find_entry(const Schema& schema, std::string_view pattern);

// A suggestion for a path without an entry: "did you mean '~/name'?", or empty.
std::string near_path(const Schema& schema, std::string_view path);

}  // namespace xsaudit
