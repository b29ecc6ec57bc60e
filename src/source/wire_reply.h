// What the payload of a reply says (xen.git docs/misc/xenstore.txt). Functions without state.
#pragma once

#include <cstdint>
#include <string_view>

#include "source/store_reader.h"

namespace xsaudit {

// XS_ERROR: the name of an error of errno.h, as "ENOENT".
void take_error(std::string_view payload, StoreReply& reply);

// Each puts what it read into the reply, whose outcome is ok then. False: no daemon says this.
bool take_names(std::string_view payload, StoreReply& reply);
bool take_permissions(std::string_view payload, StoreReply& reply);
bool take_introduced(std::string_view payload, StoreReply& reply);

}  // namespace xsaudit
