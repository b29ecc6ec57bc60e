// What time it is, for what expires and for what is logged. Where SOURCE_DATE_EPOCH is set
// (reproducible-builds.org/specs/source-date-epoch) it is that time, so that the same recording
// gives the same bytes on any day. Any thread.
#pragma once

#include <chrono>

#include "store/error.h"

namespace xsaudit {

using Seconds = std::chrono::sys_seconds;

Result<Seconds> current_time();

}  // namespace xsaudit
