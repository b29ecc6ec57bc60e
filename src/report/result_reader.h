// Reads a result from the JSON of write_json_report(): every format made from it is the same, byte
// for byte, as made from the original result. Unknown members are ignored. A missing, wrongly typed
// or inconsistent member is an error that names the member ("r.json:
// findings/3/evidence/0/presence"). The file may come from anywhere: its depth is bounded, and none
// of its texts is assumed to be printable. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "audit/result.h"
#include "base/error.h"

namespace xsaudit {

// `name` is the name of the file for errors, as raw bytes.
Result<AuditResult> read_result(std::string_view text, const std::string& name);

}  // namespace xsaudit
