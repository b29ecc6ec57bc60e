// Runs independent work on several cores. Functions without state.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace xsaudit {

// The number of threads that can run at the same time: 1 if the process may use one core only.
std::size_t usable_cores();

// Calls work(0) to work(count - 1) once each, begun in this order, with at most `threads` at a
// time, and returns when all are done. If no threads can be created, the calls run one after the
// other. An exception of any call is thrown here.
void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& work);

// 0 to count - 1, by size, the largest first. Work that is begun in this order is not likely to end
// with one thread alone at a long piece.
std::vector<std::size_t> largest_first(std::size_t count,
                                       const std::function<std::size_t(std::size_t)>& size);

}  // namespace xsaudit
