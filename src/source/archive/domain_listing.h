// The running domains, from the output of `xl list` or of XCP-ng's and XenServer's `list_domains`.
// Stateless; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/permissions.h"

namespace xsaudit {

// Sorted. Domains that are dying (a "d" or "D" in their state) have no nodes and are left out. An
// error if the text has another form.
Result<std::vector<Domid>> read_domain_listing(std::string_view text);

}  // namespace xsaudit
