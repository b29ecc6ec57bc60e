// A baseline as a file, "xsaudit-baseline/2": JSON, one finding an object. The same findings give
// the same bytes, so that it can be kept under version control and compared. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "audit/baseline.h"
#include "base/error.h"

namespace xsaudit {

std::string write_baseline(const Baseline& baseline);

// `file` is its name, for errors and reports.
Result<Baseline> read_baseline(const std::string& file, std::string_view text);

}  // namespace xsaudit
