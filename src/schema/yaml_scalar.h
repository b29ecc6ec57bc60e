// The texts of a YAML file: plain, quoted and block scalars. For yaml_parser.cc alone. Each
// function begins where the scalar does and leaves the cursor behind it; errors are the cursor's.
#pragma once

#include "schema/yaml_cursor.h"

namespace xsaudit {

// A plain scalar as far as it goes in this line: up to ": ", to " #", in a flow collection to one
// of ",[]{}", or to the end of the line.
YamlNode read_plain_line(YamlCursor& cursor, bool in_flow);

// After read_plain_line(): the further lines of a plain scalar that are indented deeper than
// `parent` (a column, -1 for none).
void read_plain_rest(YamlCursor& cursor, int parent, YamlNode& scalar);
// The same within a flow collection, where indentation says nothing.
void read_plain_rest_in_flow(YamlCursor& cursor, YamlNode& scalar);

YamlNode read_quoted(YamlCursor& cursor);

// "|" or ">" and the lines below it that are indented deeper than `parent`.
YamlNode read_block_scalar(YamlCursor& cursor, int parent);

}  // namespace xsaudit
