// A result had back from the JSON that write_json_report() made of it: every format made of what is
// read is the same, byte for byte, as made of the result itself. Members of other programs are
// ignored. A missing, wrongly typed or inconsistent member is an error that names the member
// ("r.json: findings/3/evidence/0/presence"). The file may come from anywhere: its depth is
// bounded, and nothing in it is trusted to be printable. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "audit/result.h"
#include "base/error.h"

namespace xsaudit {

// `name` is the file's, raw, for errors.
Result<AuditResult> read_result(std::string_view text, const std::string& name);

}  // namespace xsaudit
