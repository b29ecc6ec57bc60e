// The devices of a store for people: one line each with the toolstack's record, the states of
// frontend and backend, and where these contradict each other, in columns. Every name and value is
// escaped and cut to a width. Stateless; any thread.
#pragma once

#include <string>

#include "audit/device_list.h"

namespace xsaudit {

std::string write_device_lines(const DeviceList& list);

}  // namespace xsaudit
