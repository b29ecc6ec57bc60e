// A picture of a host, as SVG to stand in an HTML page: on the left what the toolstack recorded, in
// the middle the guests with their devices, on the right who serves these; lines from each frontend
// to its record and to the backend that it names, marked where something is wrong. Classes and
// links are those that page/ gives a meaning. Stateless; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "audit/result.h"
#include "report/host_layout.h"

namespace xsaudit {

// `layout` is lay_out_host()'s of the same source.
std::string draw_host(const AuditResult& result, std::size_t source, const HostLayout& layout);

}  // namespace xsaudit
