// Runs independent work on all cores. A function without state.
#pragma once

#include <cstddef>
#include <functional>

namespace xsaudit {

// Calls work(0) to work(count - 1) once each, in any order and several at a time, and returns when
// all are done. Without threads the calls run one after the other. An exception of any call is
// thrown here.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace xsaudit
