// Doing several things at the same time, on the cores there are. A function without state.
#pragma once

#include <cstddef>
#include <functional>

namespace xsaudit {

// Calls work(0) to work(count - 1) once each, in any order and several at a time, and returns when
// all are done. Where threads are not to be had, one after the other. An exception of any of them
// is thrown here.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace xsaudit
