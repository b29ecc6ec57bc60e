// The style and the script of the HTML page, as they were when the program was built. Any thread.
#pragma once

#include "base/text_file.h"

namespace xsaudit {

// page/*.css and page/*.js, sorted by name (src/embed.cmake).
const std::vector<TextFile>& page_files();

}  // namespace xsaudit
